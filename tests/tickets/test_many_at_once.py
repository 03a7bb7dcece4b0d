"""Macros, many tickets at once, views, fields of one's own, splitting, drafts: nothing is lost or half done."""

import re

import pytest
from django.db.models import ProtectedError, Q
from django.urls import reverse

from chat.models import Message
from tests import factories
from tests.tickets.test_pages import read
from tickets import drafts, fields, joining, lifecycle, lists, macros, many, opening, timeline, views_kept, work
from tickets.models import Kind, Macro, Ticket, TicketField, TicketStatus, TicketValue, TicketView

pytestmark = pytest.mark.django_db


@pytest.fixture
def agents(client_of, anna):
    return client_of(anna)


@pytest.fixture
def team(shop):
    return factories.TeamFactory(shop=shop, name="Returns")


@pytest.fixture
def macro(shop, status, team):
    return Macro.objects.create(
        shop=shop,
        name="Ask for a picture",
        status=status("waiting"),
        priority=3,
        team=team,
        add_tags="picture, lamp",
        remove_tags="new",
        reply="Hello {customer}, please send a picture for {number}.",
        note="Asked for a picture",
        takes=True,
    )


@pytest.fixture
def second(customer, now):
    return opening.from_form(customer, subject="Lamp again", text="Still dark.", opening_id="form-2", at=now)


def url(name, ticket):
    return reverse(f"tickets:{name}", args=[ticket.public_id])


# --- macros


def test_a_macro_does_all_of_it_once(ticket, macro, anna, team, after, fresh):
    work.change(ticket.pk, {"tags": ["new", "dark"]}, version=ticket.version, by=anna, at=after(1))
    for _twice in range(2):
        macros.use(ticket.pk, macro, by=anna, client_id="m", at=after(2))

    ticket = fresh(ticket)
    assert (ticket.kind, ticket.priority, ticket.team, ticket.assignee) == (Kind.WAITING, 3, team, anna)
    assert ticket.tags == ["dark", "picture", "lamp"]
    said = Message.objects.filter(conversation=ticket.conversation, author="person")
    assert [one.text for one in said] == ["Hello Maria Lund, please send a picture for #1."]
    assert [note.text for note in ticket.notes.all()] == ["Asked for a picture"]


def test_of_a_macro_that_cannot_be_done_nothing_is(ticket, macro, anna, after, fresh):
    lifecycle.set_status(ticket.pk, TicketStatus.objects.get(shop=ticket.shop, kind="closed"), by=anna, at=after(1))
    before = fresh(ticket)
    with pytest.raises(lifecycle.Closed):
        macros.use(ticket.pk, macro, by=anna, client_id="m", at=after(2))

    assert (fresh(ticket).version, fresh(ticket).tags) == (before.version, [])
    assert not Message.objects.filter(author="person").exists()
    assert not before.notes.exists()


def test_what_a_macro_names_cannot_be_deleted(macro, team, boss, client_of):
    with pytest.raises(ProtectedError):
        team.delete()
    page = client_of(boss).post(reverse("admin:accounts_team_delete", args=[team.pk]), {"post": "yes"})
    assert "Ask for a picture" in page.content.decode()
    assert type(team).objects.filter(pk=team.pk).exists()


@pytest.mark.parametrize("wrong", ["team", "status", "assignee", "nothing"])
def test_a_macro_of_nothing_or_of_another_shop_is_refused(wrong, shop, other_shop, stranger):
    from django.core.exceptions import ValidationError

    values = {
        "team": {"team": factories.TeamFactory(shop=other_shop)},
        "status": {"status": TicketStatus.objects.create(shop=other_shop, kind="open")},
        "assignee": {"assignee": stranger},
        "nothing": {},
    }[wrong]
    with pytest.raises(ValidationError):
        Macro(shop=shop, name="X", **values).full_clean()


def test_a_macro_on_the_page(agents, ticket, macro, fresh, other_shop):
    page = agents.get(url("ticket", ticket)).content.decode()
    assert "Ask for a picture" in page
    assert agents.post(url("act", ticket), {"verb": "macro", "macro": macro.pk, "client_id": "m"}).status_code == 302
    assert fresh(ticket).kind == Kind.WAITING
    foreign = Macro.objects.create(shop=other_shop, name="Theirs", priority=4)
    assert agents.post(url("act", ticket), {"verb": "macro", "macro": foreign.pk}).status_code == 404


# --- many at once


def test_many_are_changed_and_what_cannot_be_is_said(agents, ticket, second, boss, team, anna, after, fresh, customer):
    closed = opening.by_agent(customer, subject="Old", by=anna, at=after())
    lifecycle.set_status(closed.pk, TicketStatus.objects.get(shop=closed.shop, kind="closed"), by=anna, at=after(1))
    chosen = [str(one.public_id) for one in (ticket, second, closed)]

    def send(verb, **more):
        page = agents.post(
            reverse("tickets:many"), {"ticket": chosen, "verb": verb, "list": "mine", **more}, follow=True
        )
        assert page.status_code == 200
        return page.content.decode()

    assert "Done with 2 tickets." in send("status", status="open")
    assert "Old: This ticket is closed" in send("status", status="on_hold")
    send("priority", priority=4)
    send("assign", to=f"team-{team.pk}")
    send("assign", to=f"user-{boss.pk}")
    send("tag", tag="Dark, lamp")
    for one in (ticket, second):
        one = fresh(one)
        assert (one.kind, one.priority, one.team, one.assignee) == (Kind.ON_HOLD, 4, team, boss)
        assert one.tags == ["dark", "lamp"]
    send("mine")
    assert fresh(ticket).assignee == anna


def test_many_go_through_a_macro(ticket, second, macro, anna, after):
    done = many.use([ticket, second], macro, by=anna, at=after(1))
    assert (done.number, done.refused) == (2, [])
    assert Message.objects.filter(author="person").count() == 2


def test_one_foreign_among_the_chosen_and_none_is_there(agents, ticket, other_shop, now, fresh):
    foreign = opening.open_ticket(factories.CustomerFactory(shop=other_shop), subject="Theirs", by=None, at=now)
    chosen = [str(ticket.public_id), str(foreign.public_id)]
    asked = {"ticket": chosen, "verb": "priority", "priority": 4}
    assert agents.post(reverse("tickets:many"), asked).status_code == 404
    assert (fresh(ticket).priority, fresh(foreign).priority) == (2, 2)


# --- views


def test_a_list_is_kept_under_a_name_and_shared(agents, anna, boss, client_of, ticket, team):
    team.members.add(anna, boss)
    asked = "list=undone&priority=2&page=3&evil=1&tag="
    made = agents.post(reverse("tickets:keep_view"), {"name": "Usual ones", "asked": asked, "team": team.pk})
    view = TicketView.objects.get()
    assert view.asked == "list=undone&priority=2"
    for browser in (agents, client_of(boss)):
        page = browser.get(made["Location"])
        assert page.context["view"] == view
        assert [one.pk for one in page.context["page"].object_list] == [ticket.pk]
    assert client_of(boss).post(reverse("tickets:drop_view", args=[view.pk])).status_code == 404
    assert agents.post(reverse("tickets:drop_view", args=[view.pk])).status_code == 302


def test_a_view_without_a_name_twice_or_one_too_many_is_not_kept(anna, monkeypatch):
    monkeypatch.setattr(views_kept, "MOST", 1)
    views_kept.keep(anna, name="One", asked="", team=None)
    for name in ("", " ", "One", "Two"):
        with pytest.raises(views_kept.Unfit):
            views_kept.keep(anna, name=name, asked="", team=None)


def test_lists_and_views_say_how_many_up_to_a_thousand(anna, customer, now, ticket, monkeypatch):
    for number in range(3):
        made = opening.from_form(customer, subject=f"Late {number}", text="?", opening_id=f"late-{number}", at=now)
        Ticket.objects.filter(pk=made.pk).update(tags=["late"], assignee=anna if number else None)
    late = Q(tags__contains=["late"])
    counted = lists.counts(anna, [late, late & Q(assignee=anna)])
    assert counted == {"mine": 2, "free": 2, "undone": 4, "waiting": 0, "on_hold": 0, 0: 3, 1: 2}
    monkeypatch.setattr(lists, "MOST", 3)
    assert lists.counts(anna)["undone"] == 3
    assert lists.counts(factories.UserFactory())["undone"] == 0


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_a_list_says_how_many_a_kept_view_has(agents, anna, ticket, monkeypatch):
    Ticket.objects.update(priority=4)
    views_kept.keep(anna, name="Urgent", asked="list=undone&priority=4", team=None)
    views_kept.keep(anna, name="Odd", asked="list=nothing&priority=x&team=9", team=None)
    shown = words(agents.get("/tickets/"))
    assert "Urgent 1" in shown
    assert "Odd 1" in shown
    monkeypatch.setattr(lists, "MOST", 1)
    assert "All to do 0+" in words(agents.get("/tickets/"))


# --- fields


@pytest.fixture
def own_fields(shop):
    made = [
        TicketField.objects.create(shop=shop, name=kind.title(), kind=kind, position=place, choices="red\nblue")
        for place, kind in enumerate(TicketField.Kind.values)
    ]
    return {field.kind: field for field in made}


ANSWERS = {"text": "By the door", "number": "12.50", "choice": "blue", "date": "2026-03-02", "flag": "yes"}
KEPT = {**ANSWERS, "number": "12.5"}


def answered(agents, ticket, own_fields):
    form = read(agents, url("ticket", ticket))
    return {**form, **{f"field-{own_fields[kind].pk}": answer for kind, answer in ANSWERS.items()}}


def test_fields_are_asked_kept_and_told(agents, ticket, own_fields):
    assert agents.post(url("edit", ticket), answered(agents, ticket, own_fields)).status_code == 302

    assert {own.kind: fields.values(ticket)[own.pk] for own in own_fields.values()} == KEPT
    assert ticket.changes.filter(what="field").count() == 5
    assert "Choice: blue" in agents.get(url("ticket", ticket)).content.decode()
    again = read(agents, url("ticket", ticket))
    assert agents.post(url("edit", ticket), again).status_code == 302
    assert ticket.changes.filter(what="field").count() == 5


def test_nonsense_in_a_field_is_refused(agents, ticket, own_fields):
    good = answered(agents, ticket, own_fields)
    for kind, wrong in {"number": "many", "choice": "green", "date": "soon", "flag": "perhaps"}.items():
        assert agents.post(url("edit", ticket), {**good, f"field-{own_fields[kind].pk}": wrong}).status_code == 422, (
            kind
        )
    assert not TicketValue.objects.exists()


def test_of_two_who_edit_fields_nothing_is_lost(agents, ticket, own_fields, boss, client_of):
    mine = answered(agents, ticket, own_fields)
    text = f"field-{own_fields['text'].pk}"
    theirs = {**read(client_of(boss), url("ticket", ticket)), text: "In the cellar"}
    assert client_of(boss).post(url("edit", ticket), theirs).status_code == 302
    answer = agents.post(url("edit", ticket), mine)

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "In the cellar" in page
    assert 'value="By the door"' in page


def test_a_field_or_a_status_in_use_stays_and_nothing_is_lost(agents, ticket, own_fields, boss, client_of, fresh):
    agents.post(url("edit", ticket), answered(agents, ticket, own_fields))
    field, admins = own_fields["choice"], client_of(boss)
    mine = TicketStatus.objects.create(shop=ticket.shop, kind="open", name="In the workshop")
    lifecycle.set_status(ticket.pk, mine, by=boss, at=ticket.opened_at)
    for name, row in (("ticketfield", field), ("ticketstatus", mine)):
        page = admins.post(reverse(f"admin:tickets_{name}_delete", args=[row.pk]), {"post": "yes"})
        assert page.status_code == 200
        assert "Cannot delete" in page.content.decode()
        assert type(row).objects.filter(pk=row.pk).exists()
    field.is_on = False
    field.save()
    form = read(agents, url("ticket", ticket))
    assert f"field-{field.pk}" not in form
    assert agents.post(url("edit", ticket), {**form, "priority": "4"}).status_code == 302
    assert fields.values(ticket)[field.pk] == "blue"

    field.is_on, field.choices = True, "green"
    field.save()
    assert agents.post(url("edit", ticket), read(agents, url("ticket", ticket))).status_code == 302
    assert fields.values(ticket)[field.pk] == "blue"


# --- split


def test_another_matter_becomes_a_ticket_of_its_own(agents, ticket, say, anna, after, fresh, client_of, maria):
    say(ticket, "And my order 1042 is late", at=after(1))
    seq = Message.objects.get(text="And my order 1042 is late").seq
    for _twice in range(2):
        made = agents.post(url("split", ticket), {"seq": seq})
    new = Ticket.objects.get(split_from=ticket)
    assert made["Location"] == url("ticket", new)
    assert (new.subject, new.assignee, new.conversation) == ("And my order 1042 is late", anna, None)
    assert [line.text for line in timeline.said(new)] == ["And my order 1042 is late"]
    assert (
        "And my order 1042 is late"
        in client_of(maria).get(reverse("my_tickets:ticket", args=[new.number])).content.decode()
    )

    work.reply(new.pk, by=anna, text="It left today", client_id="s", at=after(2))
    said = [line.text for line in timeline.said(fresh(new)) if line.side != "notice"]
    assert said == ["And my order 1042 is late", "It left today"]
    assert "It left today" not in [line.text for line in timeline.said(fresh(ticket))]
    say(ticket, "Still dark", at=after(3))
    assert "Still dark" in [line.text for line in timeline.said(fresh(ticket))]


def test_only_what_the_customer_said_there_is_split(ticket, anna, after):
    work.reply(ticket.pk, by=anna, text="Mine", client_id="s", at=after(2))
    mine = Message.objects.get(text="Mine").seq
    empty = opening.by_agent(ticket.customer, subject="No talk yet", by=anna, at=after())
    for pk, seq in ((ticket.pk, mine), (ticket.pk, 999), (ticket.pk, 0), (empty.pk, 1)):
        with pytest.raises(joining.CannotSplit):
            joining.split(pk, seq, subject="", by=anna, at=after(3))


# --- drafts


def test_what_is_begun_is_there_again_until_it_is_sent(agents, ticket, anna, boss, client_of):
    assert agents.post(url("draft", ticket), {"text": "Dear Maria, the lamp"}).status_code == 204
    assert "Dear Maria, the lamp</textarea>" in agents.get(url("ticket", ticket)).content.decode()
    assert "Dear Maria" not in client_of(boss).get(url("ticket", ticket)).content.decode()

    agents.post(url("act", ticket), {"verb": "take"})
    agents.post(url("act", ticket), {"verb": "note", "text": " "})
    assert drafts.of(ticket.pk, by=anna) == "Dear Maria, the lamp"
    agents.post(url("act", ticket), {"verb": "reply", "text": "Dear Maria, the lamp is fine."})
    assert drafts.of(ticket.pk, by=anna) == ""
