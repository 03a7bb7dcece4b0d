from django.apps import AppConfig


class Bots(AppConfig):
    name = "tests.faults.chat"
    label = "chat_faults"

    def ready(self):
        from tests.faults.chat import _bots

        _bots.register()
