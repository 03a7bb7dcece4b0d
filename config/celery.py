import os
from typing import Any

from celery import Celery, Task
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("aftersale")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name=None)


@task_prerun.connect
def take_a_tried_connection(task: Task, **_: Any) -> None:
    """A task starts on a connection that works, also when the database was restarted since the last one."""
    if not task.request.is_eager:
        close_old_connections()
