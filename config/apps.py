from django.apps import AppConfig

from config.celery import app as celery_app


class ConfigConfig(AppConfig):
    queue = celery_app  # tasks belong to it as soon as Django has started, and not before: the keeper needs no queue
    name = "config"
    verbose_name = "Installation"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers itself)
