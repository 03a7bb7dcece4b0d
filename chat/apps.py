from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    label = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from chat import seats

        assert seats, "a merge of two customers moves their conversations"
