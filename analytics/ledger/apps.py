from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LedgerConfig(AppConfig):
    name = "analytics.ledger"
    label = "ledger"
    verbose_name = "What happened"

    def ready(self) -> None:
        """Collect every app's subscribers, in the web process too: who records must know whether anybody listens."""
        autodiscover_modules("subscribers")
