from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "analytics.ledger"
    label = "ledger"
    verbose_name = "What happened"
