import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_knocks_counted(settings):
    """Rates are proved by their own tests; here nobody is sent away. Those of allauth begin at none."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "")
    cache.clear()
