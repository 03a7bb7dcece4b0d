from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = "People and orders"

    def ready(self) -> None:
        from accounts import personal, subscribers  # noqa: F401
        from accounts.commerce import customers

        assert customers, "a merge of two customers moves what they pay with"

        autodiscover_modules("privacy")
