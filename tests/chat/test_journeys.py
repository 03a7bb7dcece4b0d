"""Talks by flows go as they must."""

from tests.chat import journeys

SHIPPED = {
    "order-status",
    "track-parcel",
    "cancel",
    "change-address",
    "return-or-exchange",
    "refund",
    "product",
    "stock-alert",
    "complaint",
    "opening-hours",
    "person",
}


def test_each_flow_has_its_six_journeys_or_a_reason():
    told = [(journey.flow, journey.kind) for journey in journeys.read()]

    assert sorted(told) == sorted((flow, kind) for flow in SHIPPED | {"flights"} for kind in journeys.KINDS)
    assert {mark for journey in journeys.read() for mark, _said in journey.lines} == set(journeys.MARKS)
