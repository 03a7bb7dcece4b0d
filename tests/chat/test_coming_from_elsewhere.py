"""What another helpdesk exported comes in once, as it was; what is broken is told by its line, and calls nobody."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.models import Customer, Team
from analytics.ledger.models import Event
from chat.importing import bringing
from chat.models import Conversation, Imported, Letter, Message
from knowledge.models import Article, Status
from tests.factories import NOON
from tickets import ports
from tickets.models import Rule, RuleRun, Ticket, TicketNote

EXPORTS = Path(__file__).parent / "exports"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fake_embeddings(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def bring(shop, anna, boss):
    return lambda system, path=None, **more: bringing.bring(shop, system, path or EXPORTS / system, at=NOON, **more)


def talk_of(ticket):
    return [(line.side, line.name, line.text) for line in ports.talks.timeline(ticket.conversation)]


def test_zendesk_comes_in_as_it_was(bring, anna, boss, shop):
    report = bring("zendesk")
    assert report.created == {"customer": 2, "agent": 2, "ticket": 2, "article": 2}
    assert [(one["file"], one["line"]) for one in report.problems] == [("tickets.json", 3), ("tickets.json", 4)]
    assert "777" in report.problems[0]["why"]

    ticket = Ticket.objects.get(subject="The lamp flickers")
    assert (ticket.kind, ticket.priority, ticket.type, ticket.channel) == ("waiting", 3, "problem", "email")
    assert (ticket.assignee, ticket.team.name, ticket.tags) == (anna, "Returns", ["lamp", "warranty"])
    assert ticket.opened_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert (ticket.customer.email, ticket.customer.language) == ("lia@example.com", "fr")
    assert [(side, text) for side, _name, text in talk_of(ticket)] == [
        ("customer", "It flickers."),
        ("team", "Turn it off\nand on."),
        ("team", "Kim Gone:\nA new one is on its way"),
    ]
    assert [(note.author, note.text) for note in TicketNote.objects.all()] == [(boss, "Kim Gone:\nKnown fault")]
    assert [said.at.hour for said in Message.objects.filter(conversation=ticket.conversation)] == [9, 10, 10]
    done = Ticket.objects.get(subject="Thanks")
    assert (done.kind, talk_of(done)[0][2]) == ("closed", "All good now")
    assert Conversation.objects.get(pk=done.conversation).closed_at is not None
    assert {(one.language, one.status) for one in Article.objects.all()} == {
        ("en", Status.PUBLISHED),
        ("de", Status.DRAFT),
    }


def test_chatwoot_comes_in_as_it_was(bring, anna):
    report = bring("chatwoot")
    assert (report.created, report.bad) == ({"customer": 1, "ticket": 2, "article": 1}, 0)
    first, second = Ticket.objects.order_by("opened_at")
    assert (first.subject, first.kind, first.priority, first.assignee) == ("Where is my lamp?", "open", 4, anna)
    assert [text for _side, _name, text in talk_of(first)] == ["Where is my lamp?", "It is on its way"]
    assert TicketNote.objects.get().text == "Look at the depot"
    assert (second.subject, second.kind, second.customer.name) == ("A question", "solved", "Somebody new")


def test_zammad_comes_in_as_it_was(bring, anna):
    report = bring("zammad")
    assert report.created == {"customer": 1, "agent": 1, "ticket": 2, "message": 3, "article": 2}
    assert [(one["file"], one["line"]) for one in report.problems] == [("ticket_articles.json", 5)]
    ticket = Ticket.objects.get(kind="on_hold")
    assert (ticket.assignee, ticket.priority) == (anna, 3)
    assert [text for _side, _name, text in talk_of(ticket)] == ["It flickers & hums.", "We look into it"]
    assert TicketNote.objects.get().author == anna


@pytest.mark.parametrize("system", bringing.SYSTEMS)
def test_again_it_changes_nothing(system, bring):
    first = bring(system)
    before = [model.objects.count() for model in (Customer, Ticket, Message, TicketNote, Article, Imported)]
    again = bring(system)

    assert [model.objects.count() for model in (Customer, Ticket, Message, TicketNote, Article, Imported)] == before
    assert {kind: number for kind, number in again.created.items() if kind != "agent"} == {}
    assert again.bad == first.bad


@pytest.mark.parametrize("system", bringing.SYSTEMS)
def test_a_dry_run_says_the_same_and_changes_nothing(system, bring):
    said = bring(system, dry_run=True)
    assert not any(model.objects.exists() for model in (Ticket, Customer, Team))
    assert not Event.objects.filter(kind="ticket.imported").exists()
    assert bring(system) == said


@pytest.mark.parametrize("system", bringing.SYSTEMS)
@pytest.mark.parametrize("share", [0.35, 0.6, 0.9])
def test_an_export_that_is_cut_keeps_what_is_whole_and_names_the_line(system, share, bring, tmp_path):
    """And the rest comes in when the whole is brought again."""
    for file in (EXPORTS / system).iterdir():
        text = file.read_bytes()
        is_cut = file.stem in ("tickets", "conversations")
        (tmp_path / file.name).write_bytes(text[: int(len(text) * share)] if is_cut else text)
    cut = next(one for one in tmp_path.iterdir() if one.stem in ("tickets", "conversations"))
    report = bring(system, tmp_path)

    last = cut.read_text(errors="replace").count("\n") + 1
    told = [one["line"] for one in report.problems if one["file"] == cut.name]
    assert told
    assert max(told) <= last
    whole = bring(system)
    assert Ticket.objects.count() == 2, whole.problems


def test_nothing_that_comes_in_calls_anybody(bring, shop, hear, anna):
    Rule.objects.create(shop=shop, name="Any", when="opened", priority=4)
    Rule.objects.create(shop=shop, name="Said", when="received", priority=4)
    for system in bringing.SYSTEMS:
        bring(system)
    hear()
    assert not mail.outbox
    assert not RuleRun.objects.exists()
    assert not Letter.objects.exists()
    assert not Conversation.objects.exclude(turn_due_at=None).exists()
    assert not Conversation.objects.filter(holder="queue").exists()


def test_two_systems_have_one_customer_of_an_address(bring):
    for system in bringing.SYSTEMS:
        bring(system)
    assert Customer.objects.filter(email="lia@example.com").count() == 1


def test_it_is_streamed(bring, tmp_path, monkeypatch):
    """A long file is never held: no record is read before the one ahead of it was taken."""
    lines = [json.dumps({"id": n, "name": f"C{n}", "email": f"c{n}@example.com"}) for n in range(300)]
    (tmp_path / "users.json").write_text("\n".join(lines))
    seen = []
    bring("zendesk", tmp_path, progress=lambda n: seen.append((n, Customer.objects.count())))
    assert seen[0] == (1, 1)
    assert seen[-1] == (300, 300)


@pytest.mark.parametrize(
    "line",
    ["[]", "7", "null", '{"id": null}', '{"id": {"a": 1}}', '{"id": 1, "requester_id": [1]}', '{"id": 1', "\x00", "{}",
     '{"id": 1, "requester_id": 101, "created_at": "soon"}', '{"id": 1, "requester_id": 101, "created_at": 1e300}',
     '{"id": 1, "requester_id": 101, "created_at": "2026-01-01T00:00:00Z", "comments": [{"id": 5}]}'],
)  # fmt: skip
def test_a_broken_line_costs_that_line_alone(line, bring, tmp_path):
    good = (EXPORTS / "zendesk" / "tickets.json").read_text().splitlines()
    (tmp_path / "users.json").write_bytes((EXPORTS / "zendesk" / "users.json").read_bytes())
    (tmp_path / "tickets.json").write_text("\n".join([good[0], line, good[1]]))
    report = bring("zendesk", tmp_path)
    assert Ticket.objects.count() == 2
    assert [one["line"] for one in report.problems] == [2]


def test_the_command_reports(shop, anna, boss, tmp_path):
    out = io.StringIO()
    call_command("import_helpdesk", "zendesk", EXPORTS / "zendesk", "--json", "--dry-run", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["shop"], told["dry_run"], told["created"]["ticket"], told["bad"]) == ("lumen", True, 2, 2)
    out = io.StringIO()
    call_command("import_helpdesk", "zendesk", EXPORTS / "zendesk", stdout=out)
    assert "tickets: 2 were brought in, 0 had come before" in out.getvalue()
    assert "tickets.json:3: Nobody of the id 777 has come." in out.getvalue()
    (tmp_path / "tickets.json").write_text("{")
    for bad in ((tmp_path, "Nothing could be taken"), (tmp_path / "nowhere", "There is no")):
        with pytest.raises(CommandError, match=bad[1]):
            call_command("import_helpdesk", "zendesk", bad[0], stdout=io.StringIO())
