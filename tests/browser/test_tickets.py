"""Tickets as agents and customers see them, on a desk and on a phone."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_pages import barriers, is_too_wide

SHOTS = os.environ.get("TICKET_SHOTS")
FURNISH = """
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from accounts import people
from accounts.models import Shop, Team, User
from tests import factories
from tickets import opening, work
from tickets.models import Macro, Policy, Ticket, TicketField
shop = Shop.objects.get(slug="lumen")
anna = User.objects.get(email="anna@example.com")
if not TicketField.objects.exists():
    team = factories.TeamFactory(shop=shop, name="Returns and repairs")
    team.members.add(anna)
    Policy.objects.create(shop=shop, name="Usual", first=30, resolution=600)
    TicketField.objects.create(shop=shop, name="Room", kind="choice", choices="Hall\\nKitchen")
    TicketField.objects.create(shop=shop, name="Bought on", kind="date", position=1)
    Macro.objects.create(shop=shop, name="Ask for a picture", priority=3, add_tags="picture",
                         reply="Hello {customer}, please send us a picture.")
    guest = people.guest(shop, name="Lia Moreau-Vandenbroucke")
    now = timezone.now()
    subject = "Lamp {}: the shade that came is not the one that I ordered, again"
    for place in range(8):
        facts = {"priority": 1 + place % 4, "tags": ["warranty", "lamp"], "team": team}
        one = opening.from_form(guest, subject=subject.format(place), text="It is teal. " * 8, opening_id=f"l{place}",
                                at=now - timedelta(minutes=20 * place), **facts)
    work.note(one.pk, by=anna, text="Seen this before", client_id="n", at=now)
maria = people.customer_for(User.objects.get(email="maria@example.com"), shop)
new = opening.from_form(maria, subject="The lamp flickers", text="It flickers since Monday.", opening_id=str(uuid4()),
                        at=timezone.now())
print(new.public_id)
"""


@pytest.fixture
def ticket(site):
    made = site.manage("shell", "-v0", "-c", FURNISH)
    assert made.returncode == 0, made.stderr
    return f"/tickets/{made.stdout.strip().splitlines()[-1]}/"


def shot(page, name):
    """Where a person asked for pictures, one is taken of what is seen."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def test_an_agent_finds_replies_and_finishes(visit, ticket):
    anna = visit("anna")
    anna.goto("/tickets/")
    anna.get_by_role("searchbox", name="Number or words of a ticket").fill("flickers")
    anna.keyboard.press("Enter")
    anna.get_by_role("link", name=re.compile("The lamp flickers")).first.click()
    expect(anna).to_have_url(re.compile(ticket))

    reply = anna.get_by_role("textbox", name="Reply to the customer")
    with anna.expect_response(lambda answer: answer.url.endswith("/draft/") and answer.status == 204):
        reply.fill("Turn it off and on")
    anna.reload()
    expect(reply).to_have_value("Turn it off and on")
    anna.get_by_role("button", name="Send the reply").click()
    timeline = anna.get_by_role("region", name="What happened")
    expect(timeline.get_by_text("Turn it off and on")).to_be_visible()
    expect(reply).to_have_value("")

    anna.get_by_role("combobox", name="Macro").select_option(label="Ask for a picture")
    anna.get_by_role("button", name="Use the macro").click()
    expect(timeline.get_by_text("Hello Maria, please send us a picture.")).to_be_visible()
    anna.get_by_role("combobox", name="Room").select_option("Kitchen")
    anna.get_by_role("button", name="Save changes").click()
    expect(timeline.get_by_text("Room: Kitchen")).to_be_visible()


def test_many_are_chosen_and_done_at_once_and_a_view_is_kept(visit, ticket):
    anna = visit("anna")
    anna.goto("/tickets/")
    boxes = anna.get_by_role("checkbox", name=re.compile("^Choose #"))
    for place in range(2):
        boxes.nth(place).check()
    anna.get_by_role("textbox", name="Tags for all").fill("chosen")
    anna.get_by_role("button", name="Tag all").click()
    expect(anna.get_by_text("Done with 2 tickets.")).to_be_visible()
    anna.get_by_role("textbox", name="Tag", exact=True).fill("chosen")
    anna.get_by_role("button", name="Show", exact=True).click()
    expect(boxes).to_have_count(2)
    anna.get_by_text("Keep this view").click()
    anna.get_by_role("textbox", name="Name of the view").fill("The chosen")
    anna.get_by_role("button", name="Keep it").click()
    expect(anna.get_by_role("heading", name="The chosen", level=1)).to_be_visible()
    expect(boxes).to_have_count(2)
    anna.get_by_text("Keep this view").click()
    anna.get_by_role("button", name="Remove the view The chosen").click()
    expect(anna.get_by_role("link", name="The chosen")).to_have_count(0)


def test_a_customer_reads_replies_and_says_it_is_solved(visit, ticket):
    maria = visit("maria", PHONE)
    maria.goto("/account/tickets/")
    maria.get_by_role("link", name=re.compile("The lamp flickers")).first.click()
    expect(maria.get_by_text("It flickers since Monday.")).to_be_visible()
    maria.get_by_role("textbox", name="Your reply").fill("Still flickering")
    maria.get_by_role("button", name="Send the reply").click()
    expect(maria.get_by_text("Still flickering")).to_be_visible()
    maria.get_by_role("button", name="It is solved").click()
    expect(maria.get_by_role("button", name="It is not solved")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_fits_and_everybody_can_use_it(visit, ticket, size, theme):
    anna, maria = (visit(name, size, reduced_motion="reduce") for name in ("anna", "maria"))
    pages = {
        "list": (anna, "/tickets/"),
        "solved": (anna, "/tickets/?list=solved"),
        "ticket": (anna, ticket),
        "search": (anna, "/tickets/search/?q=lamp"),
        "mine": (maria, "/account/tickets/"),
        "ask": (maria, "/account/tickets/new/"),
        "my-ticket": (maria, ""),
    }
    for name, (page, path) in pages.items():
        page.emulate_media(color_scheme=theme)
        if path:
            page.goto(path)
        else:
            page.goto("/account/tickets/")
            page.get_by_role("link", name=re.compile("The lamp flickers")).first.click()
        shot(page, f"{name}-{size['width']}-{theme}")
        assert not is_too_wide(page), name
        assert barriers(page) == [], name
