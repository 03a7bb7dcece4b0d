"""Who else of the team is at a talk: each is told, a shopper never, and nobody stays who is gone."""

import asyncio

import pytest

from chat.company import SILENCE, Company
from tests.chat.sockets import opened, session_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(conversation):
    return f"/ws/inbox/{conversation.public_id}/"


def test_two_agents_at_a_talk_see_each_other_come_and_go(address, anna, boss):
    annas, bosses = session_of(anna), session_of(boss)

    async def check():
        async with opened(address, session=annas) as first:
            async with opened(address, session=bosses) as second:
                told = [(await one.next("company"))["names"] for one in (first, second)]
            return told, (await first.next("company"))["names"]

    assert asyncio.run(check()) == ([["Beatriz"], ["Anna"]], [])


def test_she_is_no_company_to_herself_and_a_shopper_hears_nothing(address, conversation, anna, maria):
    annas, marias = session_of(anna), session_of(maria)

    async def check():
        async with (
            opened(address, session=annas) as first,
            opened(f"/ws/chat/{conversation.public_id}/", session=marias) as shopper,
            opened(address, session=annas) as again,
        ):
            return [await one.next("company", within=0.5) for one in (first, shopper, again)]

    assert asyncio.run(check()) == [None, None, None]


def test_who_was_not_heard_of_for_a_while_is_gone():
    now = [0.0]
    company = Company(1, clock=lambda: now[0])
    company.came("a", 2, "Boss")
    company.came("b", 2, "Boss")
    company.came("c", 1, "Anna")
    assert company.names() == ["Boss"]
    now[0] = SILENCE - 1
    company.came("b", 2, "Boss")
    company.left("a")
    assert company.names() == ["Boss"]
    now[0] += SILENCE
    assert company.names() == []
