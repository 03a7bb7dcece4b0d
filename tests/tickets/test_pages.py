"""The agents' list and page, and a shopper's own; who may not look is proved with all doors."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import people
from chat import handoff, intake
from chat.models import Message
from tests import factories
from tickets import lifecycle, opening, work
from tickets.models import Kind, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agents(client_of, anna):
    return client_of(anna)


@pytest.fixture
def hers(client_of, maria):
    return client_of(maria)


@pytest.fixture
def url(ticket):
    return lambda name="ticket": reverse(f"tickets:{name}", args=[ticket.public_id])


def read(browser, url):
    """The edit form as a browser has it: every field with what it says."""
    page = browser.get(url).content.decode()
    form = page[page.index('action="' + url + "edit/") :]
    form = form[: form.index("</form>")]
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        if name and name[1] != "csrfmiddlewaretoken" and ("checkbox" not in tag or "checked" in tag):
            values[name[1]] = (value[1] if value else "").replace("&quot;", '"')
    for name, options in re.findall(r'<select name="([\w-]+)".*?>(.*?)</select>', form, re.S):
        values[name] = re.search(r'value="([^"]*)" selected', options)[1]
    return values


# --- agents


def test_the_list_shows_what_is_to_do_and_counts_it(agents, ticket, customer, anna, now, after):
    mine = opening.by_agent(customer, subject="The wrong shade", by=anna, assignee=anna, at=after(1))
    done = opening.by_agent(customer, subject="Long done", by=anna, at=after(2))
    lifecycle.settle(done.pk, by=customer, at=after(3))

    page = agents.get(reverse("tickets:tickets")).content.decode()
    assert ticket.subject in page
    assert mine.subject in page
    assert done.subject not in page
    assert "Long done" in agents.get(reverse("tickets:tickets"), {"list": "solved"}).content.decode()
    mine_alone = agents.get(reverse("tickets:tickets"), {"list": "mine"})
    assert [one.pk for one in mine_alone.context["page"]] == [mine.pk]
    assert {key: number for key, _label, number in mine_alone.context["lists"] if number is not None} == {
        "mine": 1,
        "free": 1,
        "undone": 2,
        "waiting": 0,
        "on_hold": 0,
    }


def test_filters_narrow_and_the_order_is_kept(agents, ticket, customer, anna, after, shop):
    team = factories.TeamFactory(shop=shop)
    urgent = opening.by_agent(customer, subject="Smoke", by=anna, priority=4, tags=["danger"], team=team, at=after(-60))

    def shown(**asked):
        return [one.pk for one in agents.get(reverse("tickets:tickets"), asked).context["page"]]

    assert shown() == [ticket.pk, urgent.pk]
    for asked in ({"priority": 4}, {"tag": "danger"}, {"team": team.pk}):
        assert shown(**asked) == [urgent.pk]
    assert shown(order="priority") == [urgent.pk, ticket.pk]
    assert shown() == [urgent.pk, ticket.pk]
    assert shown(priority="x", team="-1", order="x", list="x", page="x") == [urgent.pk, ticket.pk]


def test_as_many_queries_for_many_tickets_as_for_one(agents, ticket, shop, now):
    agents.get(reverse("tickets:tickets"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        agents.get(reverse("tickets:tickets"))
    for place in range(12):
        customer = factories.CustomerFactory(shop=shop)
        opening.open_ticket(customer, subject=f"Lamp {place}", by=None, at=now, team=factories.TeamFactory(shop=shop))
    with CaptureQueriesContext(connection) as many:
        agents.get(reverse("tickets:tickets"))

    assert len(many) == len(few) < 15


def test_the_page_tells_everything_in_order_with_a_constant_number_of_queries(agents, ticket, anna, say, url, after):
    work.reply(ticket.pk, by=anna, text="Turn it off and on", client_id="r", at=after(10))
    with CaptureQueriesContext(connection) as few:
        agents.get(url())
    for place in range(5):
        work.note(ticket.pk, by=anna, text=f"Note {place}", client_id=f"n{place}", at=after(20 + place))
        say(ticket, f"Still dark {place}", at=after(20 + place))
    with CaptureQueriesContext(connection) as many:
        page = agents.get(url()).content.decode()

    places = [page.index(words) for words in ("It flickers.", "Turn it off and on", "Note 0", "Still dark 4")]
    assert places == sorted(places)
    assert len(many) == len(few) < 40


def test_an_agent_replies_notes_takes_and_follows(agents, ticket, anna, url, fresh, status):
    for verb, more in (
        ("reply", {"text": "Hello", "then": status("waiting").pk}),
        ("note", {"text": "Between us"}),
        ("take", {}),
        ("follow", {}),
    ):
        answer = agents.post(url("act"), {"verb": verb, **more})
        assert answer.status_code == 302, verb

    ticket = fresh(ticket)
    assert (ticket.kind, ticket.assignee) == (Kind.WAITING, anna)
    assert list(ticket.followers.all()) == [anna]
    assert Message.objects.filter(conversation=ticket.conversation, author="person").get().text == "Hello"
    assert "Between us" in agents.get(url()).content.decode()


def test_a_reply_that_is_not_taken_is_not_lost(agents, ticket, boss, url, now):
    handoff.take(ticket.conversation, by=boss, at=now)

    answer = agents.post(url("act"), {"verb": "reply", "text": "So many words"})
    assert answer.status_code == 422
    assert "So many words</textarea>" in answer.content.decode()


def test_what_is_edited_is_saved(agents, ticket, anna, shop, url, fresh, customer):
    order = factories.OrderFactory(customer=customer, number="1042")
    team = factories.TeamFactory(shop=shop)
    wanted = {**read(agents, url()), "priority": "4", "assignee": anna.pk, "team": team.pk, "tags": "Lamp, dark"}
    assert agents.post(url("edit"), {**wanted, "orders": [order.pk]}).status_code == 302

    ticket = fresh(ticket)
    assert (ticket.priority, ticket.assignee, ticket.team, ticket.tags) == (4, anna, team, ["lamp", "dark"])
    assert list(ticket.orders.all()) == [order]


def test_of_two_who_edit_the_later_one_sees_both_and_loses_nothing(agents, ticket, boss, client_of, url, fresh):
    mine, theirs = read(agents, url()), read(client_of(boss), url())
    assert client_of(boss).post(url("edit"), {**theirs, "priority": "4", "subject": "Theirs"}).status_code == 302
    answer = agents.post(url("edit"), {**mine, "subject": "Mine", "tags": "dark"})
    page = answer.content.decode()

    assert (answer.status_code, fresh(ticket).subject) == (409, "Theirs")
    assert 'value="Mine"' in page
    assert re.search(r"Subject, as it is now</dt><dd[^>]*>Theirs", page)
    assert "Priority, as it is now" not in page  # she never touched it

    form = answer.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    assert agents.post(url("edit"), again).status_code == 302
    assert (fresh(ticket).subject, fresh(ticket).priority, fresh(ticket).tags) == ("Mine", 4, ["dark"])


def test_nonsense_is_refused(agents, ticket, url, stranger, other_shop, fresh):
    good = read(agents, url())
    foreign = {"team": factories.TeamFactory(shop=other_shop).pk, "assignee": stranger.pk, "status": 999_999}
    for part, value in {**foreign, "priority": 9, "type": "x", "subject": "", "version": "x"}.items():
        assert agents.post(url("edit"), {**good, part: value}).status_code == 422, part
    assert agents.post(url("act"), {"verb": "dance"}).status_code == 404
    assert fresh(ticket).changes.count() == 1


def test_a_ticket_is_made_in_the_inbox_in_one_click(agents, customer, now):
    talk = intake.open_conversation(customer, opening_id="talk", at=now)
    intake.receive(intake.Inbound(talk.pk, "a", "My lamp is dark."), at=now)
    beside = reverse("chat:tickets", args=[talk.public_id])
    assert "Make a ticket" in agents.get(beside).content.decode()

    made = agents.post(beside)
    ticket = Ticket.objects.get()
    assert made["Location"] == reverse("tickets:ticket", args=[ticket.public_id])
    assert "My lamp is dark." in agents.get(made["Location"]).content.decode()
    assert "Make a ticket" not in agents.get(beside).content.decode()


def test_an_agent_opens_one_for_a_customer(agents, customer):
    made = agents.post(
        reverse("tickets:new", args=[customer.public_id]), {"subject": "Wrong shade", "type": "task", "priority": 3}
    )
    assert made.status_code == 302
    assert (Ticket.objects.get().customer, Ticket.objects.get().priority) == (customer, 3)


# --- shoppers


def test_a_shopper_asks_replies_settles_reopens_and_rates(hers, maria, shop, hear):
    order = factories.OrderFactory(customer=people.customer_for(maria, shop), number="1042")
    page = hers.get(reverse("my_tickets:new"))
    asked = {"opening_id": page.context["form"]["opening_id"].value(), "type": "problem", "order": order.pk}
    for _twice in range(2):
        opened = hers.post(reverse("my_tickets:new"), {**asked, "subject": "Dark lamp", "text": "It is dark."})
    ticket = Ticket.objects.get()
    act = reverse("my_tickets:act", args=[ticket.number])
    assert opened["Location"] == reverse("my_tickets:ticket", args=[ticket.number])
    assert "Dark lamp" in hers.get(reverse("my_tickets:tickets")).content.decode()
    assert list(ticket.orders.all()) == [order]

    for verb, more, kind in (
        ("reply", {"text": "Still dark"}, Kind.NEW),
        ("settle", {}, Kind.SOLVED),
        ("rate", {"score": "2", "words": "Slow"}, Kind.SOLVED),
        ("reopen", {}, Kind.OPEN),
    ):
        assert hers.post(act, {"verb": verb, **more}).status_code == 302, verb
        assert Ticket.objects.get().kind == kind, verb
    assert "Still dark" in hers.get(opened["Location"]).content.decode()
    assert (Ticket.objects.get().score, Ticket.objects.get().words) == (2, "Slow")


def test_what_a_shopper_sees_has_no_word_of_the_team_in_it(hers, ticket, anna, now, after):
    work.note(ticket.pk, by=anna, text="Between us", client_id="n", at=now)
    work.change(ticket.pk, {"tags": ["grumpy"], "assignee": anna}, version=ticket.version, by=anna, at=after(1))

    page = hers.get(reverse("my_tickets:ticket", args=[ticket.number])).content.decode()
    assert "It flickers." in page
    assert not {words for words in ("Between us", "grumpy", "Anna", str(ticket.public_id)) if words in page}


def test_what_a_shopper_may_not_do_now_is_refused_kindly(hers, ticket):
    act = reverse("my_tickets:act", args=[ticket.number])
    for wanted in ({"verb": "rate", "score": "5"}, {"verb": "reply", "text": " "}):
        answer = hers.post(act, wanted)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()


def test_a_reply_to_what_is_long_over_leads_to_the_one_that_goes_on(hers, ticket, customer, after):
    lifecycle.settle(ticket.pk, by=customer, at=after(1))
    answer = hers.post(reverse("my_tickets:act", args=[ticket.number]), {"verb": "reply", "text": "It is back"})

    new = Ticket.objects.get(follows=ticket)
    assert answer["Location"] == reverse("my_tickets:ticket", args=[new.number])


def test_what_agents_say_on_tickets_counts_as_in_a_talk(agents, url, settings):
    settings.RATE_LIMITS = {"chat.send": "1/m"}
    said = [agents.post(url("act"), {"verb": "note", "text": f"Note {number}"}).status_code for number in range(2)]

    assert said == [302, 429]
    assert agents.post(url("act"), {"verb": "take"}).status_code == 302
