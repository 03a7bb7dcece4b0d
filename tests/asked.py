"""A turn made by hand: somebody asks, and nothing of it is kept."""

from chat.turns import Turn


def turn_of(customer, *lines, at, **more):
    """What the assistant is given when this customer says these lines."""
    told = {"language": "en", "conversation_id": 0, "user_id": customer.user_id, "asks": {}}
    return Turn(
        shop_id=customer.shop_id,
        customer_id=customer.pk,
        lease=1,
        upto_seq=1,
        newest_id=0,
        asked=lines,
        history=(),
        attempt=1,
        failures=0,
        shop_name=customer.shop.name,
        bot_on=True,
        asked_at=at,
        **{**told, **more},
    )
