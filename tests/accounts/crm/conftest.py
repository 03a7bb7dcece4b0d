import pytest

from accounts import crm, people, sealing
from accounts.models import Crm
from tests.accounts.crm.servers import OdooCrm, RestCrm
from tests.accounts.platforms.servers import serving


@pytest.fixture(params=[RestCrm, OdooCrm], ids=["rest", "odoo"])
def there(request, settings, shop):
    """Our shop keeps its customers in one of these."""
    system = request.param()
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    with serving(system) as address:
        port = address.rpartition(":")[2]
        told = {**system.settings, "address": f"http://127.0.0.1:{port}", "sealed": sealing.seal(system.password)}
        Crm.objects.create(shop=shop, is_on=True, **told)
        yield system


@pytest.fixture
def outside(there, shop):
    return crm.of(shop)


@pytest.fixture
def customer(maria, shop):
    customer = people.customer_for(maria, shop)
    customer.email, customer.email_verified, customer.phone = "maria@example.com", True, "+351 912 345 678"
    customer.save()
    return customer


@pytest.fixture
def person(customer):
    return crm.Person.of(customer)
