"""What the product says of the same shop, drawn as `reference.picture` draws it."""

from typing import Any

from accounts.commerce import orders
from accounts.commerce.facts import OrderFacts
from accounts.models import Address, Customer, Order, PaymentMethod, Return, Shop
from tests.bench.orders._tau import mapping, reference

SAID = {ours: theirs for theirs, ours in mapping.STATUS.items()}


def picture(shop: Shop) -> dict[str, Any]:
    facts = orders.facts_of(Order.objects.filter(shop=shop))
    return {
        "people": {
            customer.external_id: {
                "address": _address(Address.of(customer.address)),
                "gift cards": {
                    method.external_id: method.balance
                    for method in customer.payment_methods.all()
                    if method.kind == PaymentMethod.Kind.GIFT_CARD
                },
            }
            for customer in Customer.objects.filter(shop=shop).prefetch_related("payment_methods")
        },
        "orders": {each.number: order(each) for each in facts},
    }


def order(facts: OrderFacts) -> dict[str, Any]:
    returned = next((back for back in facts.returns if back.kind == Return.Kind.RETURN), None)
    exchanged = next((back for back in facts.returns if back.kind == Return.Kind.EXCHANGE), None)
    status = SAID[facts.status]
    if "items" in facts.done:
        status = reference.ITEMS_MODIFIED
    if returned or exchanged:
        status = reference.RETURN_REQUESTED if returned else reference.EXCHANGE_REQUESTED
    return {
        "status": status,
        "reason": facts.cancel_reason,
        "address": _address(facts.address),
        "items": sorted(
            (line.sku, line.name, line.price, sorted(line.options))
            for line in facts.lines
            for _ in range(line.quantity)
        ),
        "tracking": sorted(shipment.tracking_number for shipment in facts.shipments),
        "money": sorted(
            [("payment", each.method_id, each.amount) for each in facts.payments]
            + [("refund", each.method_id, each.amount) for each in facts.refunds]
        ),
        "returned": returned
        and {
            "items": sorted(each.sku for each in returned.lines for _ in range(each.quantity)),
            "method": returned.settled_with_id,
        },
        "exchanged": exchanged
        and {
            "items": sorted((each.sku, each.replaced_by) for each in exchanged.lines for _ in range(each.quantity)),
            "method": exchanged.settled_with_id,
            "difference": exchanged.difference,
        },
    }


def _address(address: Address) -> dict[str, str]:
    return {
        "address1": address.line1,
        "address2": address.line2,
        "zip": address.postcode,
        "city": address.city,
        "state": address.region,
        "country": address.country,
    }
