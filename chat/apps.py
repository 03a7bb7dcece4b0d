from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    label = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from chat import orders, seats

        assert seats, "a merge of two customers moves their conversations"
        assert orders, "what was confirmed is done with an order"
