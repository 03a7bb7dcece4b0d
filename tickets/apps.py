from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    label = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        from accounts import merging
        from tickets.models import Ticket

        merging.goes_along(Ticket)
