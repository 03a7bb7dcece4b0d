from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    label = "chat"
    verbose_name = "Conversations"

    def ready(self) -> None:
        from chat import orders, proving, seats, ticketing

        assert seats, "a merge of two customers moves their conversations"
        assert proving, "a guest's code is mailed and looked at"
        assert ticketing, "a ticket speaks and listens in its talk"
        assert orders, "what was confirmed is done with an order"
