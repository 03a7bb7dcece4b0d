"""Who may change what of a ticket: every field and every act, for everybody there is."""

import pytest
from django.urls import reverse

from chat.models import Message
from tests import factories
from tests.tickets.test_pages import read
from tickets import joining, opening
from tickets.models import Macro, Ticket, TicketField, TicketValue

pytestmark = pytest.mark.django_db
TEAM, NOBODY = ("anna", "boss"), ("maria", "omar", "stranger", "visitor")
FIELDS = ("subject", "status", "priority", "type", "assignee", "team", "tags", "orders", "own")
ACTS = ("reply", "note", "take", "follow", "merge", "unmerge", "macro")


@pytest.fixture
def browser(request, client_of, client):
    def of(who):
        return client if who == "visitor" else client_of(request.getfixturevalue(who))

    return of


@pytest.fixture
def wanted(ticket, shop, anna, status):
    """For each field what it becomes."""
    own = TicketField.objects.create(shop=shop, name="Room")
    return {
        "subject": ("subject", "Another"),
        "status": ("status", status("on_hold").pk),
        "priority": ("priority", "4"),
        "type": ("type", "task"),
        "assignee": ("assignee", anna.pk),
        "team": ("team", factories.TeamFactory(shop=shop).pk),
        "tags": ("tags", "x"),
        "orders": ("orders", factories.OrderFactory(customer=ticket.customer).pk),
        "own": (f"field-{own.pk}", "Hall"),
    }


def facts(ticket):
    ticket = Ticket.objects.get(pk=ticket.pk)
    row = {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
    row.pop("heard_seq")  # whoever looks takes in what was said
    others = (ticket.orders, ticket.followers, ticket.notes, ticket.changes, ticket.merges)
    also = [sorted(rows.values_list("pk", flat=True)) for rows in others]
    said = Message.objects.filter(conversation=ticket.conversation).count()
    return row, also, said, sorted(TicketValue.objects.values_list("field", "value"))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("who", [*TEAM, *NOBODY])
def test_each_field_is_the_teams_to_change(who, field, browser, client_of, anna, ticket, wanted):
    url = reverse("tickets:ticket", args=[ticket.public_id])
    name, value = wanted[field]
    before, form = facts(ticket), {**read(client_of(anna), url), name: value}
    answer = browser(who).post(f"{url}edit/", form)

    if who in TEAM:
        assert answer.status_code == 302
        assert facts(ticket) != before
    else:
        assert answer.status_code == (302 if who == "visitor" else 404)
        assert facts(ticket) == before


@pytest.mark.parametrize("verb", ACTS)
@pytest.mark.parametrize("who", [*TEAM, *NOBODY])
def test_each_act_is_the_teams_to_do(who, verb, browser, ticket, customer, shop, anna, now, after):
    second = opening.from_form(customer, subject="Again", text="Dark", opening_id="form-2", at=now)
    third = opening.from_form(customer, subject="Once more", text="Dark", opening_id="form-3", at=now)
    merge = joining.merge(third.pk, ticket.pk, by=anna, at=after(1))
    macro = Macro.objects.create(shop=shop, name="M", priority=4)
    more = {"text": "Words", "source": second.number, "merge": merge.pk, "macro": macro.pk}
    before = facts(ticket)
    answer = browser(who).post(reverse("tickets:act", args=[ticket.public_id]), {"verb": verb, **more})

    if who in TEAM:
        assert answer.status_code == 302
        assert facts(ticket) != before
    else:
        assert answer.status_code == (302 if who == "visitor" else 404)
        assert facts(ticket) == before


@pytest.mark.parametrize("verb", ["reply", "settle", "reopen", "rate"])
@pytest.mark.parametrize("who", ["maria", "omar", "anna", "boss", "stranger", "visitor"])
def test_what_a_customer_does_only_they_do(who, verb, browser, ticket):
    before = facts(ticket)
    act = reverse("my_tickets:act", args=[ticket.number])
    answer = browser(who).post(act, {"verb": verb, "text": "Words", "score": "5"})

    if who == "maria":
        assert answer.status_code == {"rate": 422}.get(verb, 302)  # it is not done yet
        assert (facts(ticket) != before) == (verb in ("reply", "settle"))
    else:
        assert answer.status_code == (302 if who == "visitor" else 404)
        assert facts(ticket) == before


def test_every_field_of_the_form_is_in_this_matrix(ticket, wanted):
    from tickets.forms import EditForm

    assert {*EditForm(ticket).parts} == {name for name, _value in wanted.values()}
    from tickets.views import _VERBS

    assert {*_VERBS} - {"unfollow"} == {*ACTS}
