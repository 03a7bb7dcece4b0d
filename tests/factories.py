"""Rows for tests: each factory makes something true on its own, and nothing more."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from accounts import consent, models

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSWORD = "a warm mug of tea"  # the same for every persona


class ShopFactory(DjangoModelFactory):
    class Meta:
        model = models.Shop
        django_get_or_create = ("slug",)
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"shop-{n}")
    name = factory.Sequence(lambda n: f"Shop {n}")

    @factory.post_generation
    def texts(self, create, extracted, **kwargs):
        if create:
            consent.prepare(self)


class UserFactory(DjangoModelFactory):
    """Somebody who signs in and has proven her address; `proven=False` for one who has not."""

    class Meta:
        model = models.User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def proven(self, create, extracted, **kwargs):
        if create:
            EmailAddress.objects.create(user=self, email=self.email, verified=extracted is not False, primary=True)

    @factory.post_generation
    def signs_in(self, create, extracted, **kwargs):
        if create and extracted:
            self.set_password(PASSWORD)
            self.save(update_fields=["password"])


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    user = factory.SubFactory(UserFactory)
    shop = factory.SubFactory(ShopFactory)
    role = models.Role.AGENT


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = models.Team

    shop = factory.SubFactory(ShopFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class CustomerFactory(DjangoModelFactory):
    """Somebody a shop serves; a guest unless a user is given."""

    class Meta:
        model = models.Customer

    shop = factory.SubFactory(ShopFactory)
    name = factory.Sequence(lambda n: f"Customer {n}")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = models.Product

    shop = factory.SubFactory(ShopFactory)
    external_id = factory.Sequence(lambda n: f"P-{n}")
    name = factory.Sequence(lambda n: f"Lamp {n}")


class VariantFactory(DjangoModelFactory):
    class Meta:
        model = models.Variant

    product = factory.SubFactory(ProductFactory)
    shop = factory.SelfAttribute("product.shop")
    sku = factory.Sequence(lambda n: f"SKU-{n}")
    price = Decimal("19.90")
    currency = "EUR"


class OrderFactory(DjangoModelFactory):
    class Meta:
        model = models.Order

    customer = factory.SubFactory(CustomerFactory)
    shop = factory.SelfAttribute("customer.shop")
    number = factory.Sequence(lambda n: str(1000 + n))
    currency = "EUR"
    total = Decimal("19.90")
    placed_at = NOON


class OrderLineFactory(DjangoModelFactory):
    class Meta:
        model = models.OrderLine

    order = factory.SubFactory(OrderFactory)
    position = factory.Sequence(lambda n: n % 30_000 + 1)
    name = factory.Sequence(lambda n: f"Lamp {n}")
    price = Decimal("19.90")


class ShipmentFactory(DjangoModelFactory):
    class Meta:
        model = models.Shipment

    order = factory.SubFactory(OrderFactory)
    carrier = "Colissimo"
    tracking_number = factory.Sequence(lambda n: f"6A{n:011d}")


class PaymentMethodFactory(DjangoModelFactory):
    class Meta:
        model = models.PaymentMethod

    customer = factory.SubFactory(CustomerFactory)
    external_id = factory.Sequence(lambda n: f"card-{n}")
    kind = models.PaymentMethod.Kind.CARD
    label = "Visa ending in 4242"
    currency = "EUR"
