from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "analytics.desk"
    label = "desk"
    verbose_name = "Looking back"
