import pytest

from accounts import platforms
from accounts.commerce import keeping, orders, rules
from accounts.commerce.records import CustomerRecord
from accounts.models import Customer, Order
from tests.accounts.platforms.servers import RestShop, ShopifyShop, WooShop, serving
from tests.factories import NOON


@pytest.fixture(params=[RestShop, WooShop, ShopifyShop], ids=["rest", "woocommerce", "shopify"])
def there(request, settings, shop):
    """Our shop is run with one of these; it holds order 1042 of Maria."""
    system = request.param()
    system.add("1042")
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    settings.SHOP_SETTLE_SECONDS = 0
    rules.prepare(shop)
    with serving(system) as address:
        settings.SHOP_SYSTEMS = {shop.slug: address}
        yield system


@pytest.fixture
def platform(there, shop):
    return platforms.of(shop)


@pytest.fixture
def known(there, platform, shop):
    """The order as we heard of it."""
    record = platform.order("1042")
    assert isinstance(record.customer, CustomerRecord)
    assert not keeping.keep(shop, [record], as_of=NOON).wrong
    return Order.objects.get()


@pytest.fixture
def maria_there(known):
    return Customer.objects.get(pk=known.customer_id)


@pytest.fixture
def facts(known):
    return orders.facts_of(Order.objects.filter(pk=known.pk))[0]
