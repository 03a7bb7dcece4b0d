import os
from pathlib import Path
from typing import Any

from celery import Celery, Task, bootsteps
from celery.apps.worker import Worker
from celery.signals import task_prerun, worker_process_init
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class MortalWorker(Worker):
    """Ends when it fails.

    Losing Redis at a bad moment can break the worker beyond repair; Celery would then wait for its pool for ever, alive
    and deaf. Dead it is started again, and the sweep gives its unfinished answers to the next one.
    """

    def stop(self, in_sighandler: bool = False, exitcode: int | None = None) -> None:
        if exitcode:
            os._exit(exitcode)
        super().stop(in_sighandler=in_sighandler, exitcode=exitcode)  # type: ignore[no-untyped-call]


class Pulse(bootsteps.StartStopStep):
    """Shows the supervisor that the worker's loop turns: one that hangs in any other way does not end by itself."""

    requires = ("celery.worker.components:Timer",)  # type: ignore[assignment]
    seconds = 2.0

    def start(self, worker: Any) -> None:
        if path := os.environ.get("WORKER_PULSE"):
            worker.timer.call_repeatedly(self.seconds, Path(path).touch)


app = Celery("aftersale")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.Worker = app.subclass_with_self(MortalWorker, name="Worker")
app.steps["worker"].add(Pulse)
app.autodiscover_tasks(related_name=None)


@worker_process_init.connect
def warm_the_model(**_: Any) -> None:
    from knowledge import embeddings  # needs the apps loaded

    embeddings.warm()


@task_prerun.connect
def take_a_tried_connection(task: Task, **_: Any) -> None:
    """A task starts on a connection that works, also when the database was restarted since the last one."""
    if not task.request.is_eager:
        close_old_connections()
