"""Each record in a transaction of its own: what is good is kept, the rest told with its file and line.

Nothing that comes in happened just now: nobody is answered, mailed or called by it, and no rule follows it. What came
in before is known by its id in the other system and left as it is, so an export can be brought in again, or further.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import people
from accounts.commerce import files
from accounts.commerce.told import Wrong
from accounts.models import Customer, Role, Shop, Team, User
from analytics.ledger import events
from chat import intake, talk
from chat.importing import chatwoot, zammad, zendesk
from chat.importing.shapes import Person, Record, Said, Text, Work
from chat.models import Author, Conversation, Imported, Message
from knowledge import articles, hypertext
from knowledge.models import Article
from tickets import clocks, history, opening, statuses
from tickets import work as working
from tickets.models import Kind, Ticket, TicketNote

SYSTEMS: dict[str, ModuleType] = {"zendesk": zendesk, "chatwoot": chatwoot, "zammad": zammad}
TOLD = 1000  # problems that a report lists; the others are counted
_ORDER = ("user", "contact", "agent", "ticket", "conversation", "comment", "ticket_article", "article", "answer")
Progress = Callable[[int], None]


@dataclass
class Report:
    """What an import did, or would do."""

    created: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    bad: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return sum(self.created.values()) + sum(self.known.values())

    def count(self, kind: str, *, is_new: bool) -> None:
        into = self.created if is_new else self.known
        into[kind] = into.get(kind, 0) + 1

    def note(self, file: str, line: int, why: str) -> None:
        self.bad += 1
        if len(self.problems) < TOLD:
            self.problems.append({"file": file, "line": line, "why": why})

    def facts(self) -> dict[str, Any]:
        return asdict(self)


def bring(
    shop: Shop, system: str, path: Path, *, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Take in an export: a file, or a folder of them. A dry run does the same and then takes it all back."""
    report, into = Report(), _Into(shop, system, at)
    if not dry_run:
        _bring(into, path, report, progress)
        return report
    with transaction.atomic():
        _bring(into, path, report, progress)
        transaction.set_rollback(True)
    return report


def _bring(into: "_Into", path: Path, report: Report, progress: Progress | None) -> None:
    lists = SYSTEMS[into.system].LISTS
    for file, kind in _files(path, lists):
        try:
            found = files.objects(file, lists, kind)
            for each in found:
                if isinstance(each, files.Problem):
                    report.note(file.name, each.line, each.why)
                else:
                    _take(into, file.name, each, report)
                if progress:
                    progress(report.good + report.bad)
        except OSError as error:
            report.note(file.name, 1, _("It cannot be read: %(why)s.") % {"why": error.strerror})


def _take(into: "_Into", file: str, found: files.Found, report: Report) -> None:
    try:
        for record in SYSTEMS[into.system].read(found.kind, found.told):
            with transaction.atomic():
                kind, is_new = into.take(record)
            report.count(kind, is_new=is_new)
    except (Wrong, talk.Refused, ValueError) as why:
        report.note(file, found.line, str(why))


def _files(path: Path, lists: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """People before what they wrote. A file is named for what is in it, or is one object of several lists."""
    some = (
        sorted(one for one in path.iterdir() if one.suffix in (".json", ".jsonl", ".ndjson"))
        if path.is_dir()
        else [path]
    )
    known = []
    for file in some:
        names = [name for name in lists if file.stem.startswith(name)]
        known.append((file, lists[max(names, key=len)] if names else ""))
    yield from sorted(known, key=lambda one: (_ORDER.index(one[1]) if one[1] in _ORDER else -1, one[0].name))


class _Into:
    """The shop it comes into, and what came into it before."""

    def __init__(self, shop: Shop, system: str, at: datetime) -> None:
        self.shop, self.system, self.at = shop, system, at
        team = User.objects.team_of(shop)
        self.team = {user.email.lower(): user for user in team}
        admins = team.filter(memberships__shop=shop, memberships__role=Role.ADMIN)
        self.anybody: User | None = admins.order_by("pk").first() or team.order_by("pk").first()
        self.colleagues: dict[str, Person] = {}  # few, beside all who ever wrote

    def take(self, record: Record) -> tuple[str, bool]:
        match record:
            case Person():
                return ("agent", self._colleague(record)) if record.is_team else ("customer", self._customer(record)[1])
            case Work():
                return "ticket", self._work(record)
            case Said():
                ticket = self._row(Ticket, "ticket", record.ticket)
                if ticket is None:
                    raise Wrong(_("Its ticket %(id)s has not come.") % {"id": record.ticket})
                return "message", self._say(ticket, record)
            case Text():
                return "article", self._text(record)

    def _colleague(self, person: Person) -> bool:
        is_new = person.id not in self.colleagues
        self.colleagues[person.id] = person
        return is_new

    def _customer(self, who: str | Person) -> tuple[Customer, bool]:
        theirs = who.id if isinstance(who, Person) else who
        found = self._row(Customer, "customer", theirs)
        if found is not None:
            return found.merged_into or found, False
        if not isinstance(who, Person):
            raise Wrong(_("Nobody of the id %(id)s has come.") % {"id": theirs})
        language = who.language.lower()[:2]
        if who.email:
            customer = people.known_by(self.shop, who.email, name=who.name[:200], language=language, at=self.at)
        else:
            customer = people.guest(self.shop, name=who.name[:200], phone=who.phone[:40], language=language, at=self.at)
        self._note("customer", theirs, customer.pk)
        return customer, True

    def _work(self, work: Work) -> bool:
        if (known := self._row(Ticket, "ticket", work.id)) is not None:
            for one in work.said:
                self._say(known, one)
            return False
        customer, _new = self._customer(work.customer)
        conversation = intake.open_conversation(
            customer, opening_id=f"{self.system}-{work.id}", at=work.opened_at, channel=work.channel
        )
        is_done = work.kind in (Kind.SOLVED, Kind.CLOSED)
        Conversation.objects.filter(pk=conversation.pk).update(
            bot_enabled=False, closed_at=work.changed_at if is_done else None
        )
        count = opening.count(self.shop)
        status = statuses.first(self.shop, work.kind)
        ticket = Ticket.objects.create(
            shop=self.shop,
            customer=customer,
            number=count,
            subject=" ".join(work.subject.split())[: opening.SUBJECT] or f"#{work.id}",
            status=status,
            kind=status.kind,
            priority=work.priority,
            type=work.type,
            channel=work.channel,
            team=self._team(work.team),
            assignee=self._who(work.assignee),
            tags=working.words_of(",".join(work.tags)),
            conversation=conversation.pk,
            opened_at=work.opened_at,
            changed_at=max(work.changed_at, work.opened_at),
            solved_at=work.changed_at if is_done else None,
        )
        history.note(ticket, history.What.OPENED, new=f"{self.system.title()} #{work.id}", by=None, at=work.opened_at)
        self._note("ticket", work.id, ticket.pk)
        for one in work.said:
            self._say(ticket, one)
        clocks.begin(ticket, at=self.at, is_answered=any(one.side != "customer" for one in work.said))
        events.record("ticket.imported", ticket=ticket, customer=customer, at=self.at)
        return True

    def _say(self, ticket: Ticket, said: Said) -> bool:
        key, text = f"{self.system}-{said.id}", talk.clean(said.text[: settings.CHAT_TEXT_LIMIT])
        if not text or ticket.conversation is None:
            return False
        is_hers = said.side == "customer" or (not said.side and self._wrote(said.by, ticket))
        person = None if is_hers else self._who(said.by)
        if not is_hers and person is None:
            person, name = self._anybody(), self._name(said.by)
            text = f"{name}:\n{text}" if name else text
        if said.is_internal:
            note = {"author": person or self._anybody(), "text": text[: working.NOTE], "at": said.at}
            return TicketNote.objects.get_or_create(ticket=ticket, client_id=key, defaults=note)[1]
        conversation = talk.lock(ticket.conversation)
        if Message.objects.filter(conversation=conversation, client_id=key).exists():
            return False
        author = Author.SHOPPER if is_hers else Author.PERSON
        talk.say(conversation, author=author, text=text, at=said.at, client_id=key, person=person)
        conversation.staff_delivered_seq = conversation.staff_read_seq = conversation.last_seq
        talk.keep(conversation)
        Conversation.objects.filter(pk=conversation.pk).update(shopper_read_seq=conversation.last_seq)
        Ticket.objects.filter(pk=ticket.pk).update(heard_seq=conversation.last_seq)
        return True

    def _text(self, text: Text) -> bool:
        if self._row(Article, "article", text.id) is not None:
            return False
        body = hypertext.read(text.body)[1] if text.is_html else text.body
        if not text.title.strip() or not body.strip():
            raise Wrong(_("It has no title, or no words."))
        language = text.language.lower().replace("_", "-").partition("-")[0]
        article = articles.draft(
            self.shop,
            title=text.title,
            body=body,
            language=language,
            external_id=f"{self.system}-{text.id}",
            at=self.at,
        )
        if text.is_public:
            articles.publish(article, at=self.at)
        self._note("article", text.id, article.pk)
        return True

    def _wrote(self, by: str | Person, ticket: Ticket) -> bool:
        """Whether the customer of a ticket did: whoever else is no colleague is a customer, too."""
        theirs = by.id if isinstance(by, Person) else by
        return theirs not in self.colleagues and not (isinstance(by, Person) and by.is_team)

    def _who(self, who: str | Person) -> User | None:
        """The colleague here with the address of the one there."""
        person = who if isinstance(who, Person) else self.colleagues.get(who)
        return self.team.get(person.email.lower()) if person is not None else None

    def _anybody(self) -> User:
        if self.anybody is None:
            raise Wrong(_("Nobody works for this shop yet, in whose name it could be said."))
        return self.anybody

    def _name(self, who: str | Person) -> str:
        person = who if isinstance(who, Person) else self.colleagues.get(who)
        return person.name if person is not None else ""

    def _team(self, name: str) -> Team | None:
        return Team.objects.get_or_create(shop=self.shop, name=name[:100])[0] if name else None

    def _row(self, model: Any, kind: str, theirs: str) -> Any:
        known = Imported.objects.filter(shop=self.shop, system=self.system, kind=kind, theirs=theirs)
        return model.objects.filter(pk__in=known.values("ours")).first()

    def _note(self, kind: str, theirs: str, ours: int) -> None:
        Imported.objects.update_or_create(
            shop=self.shop, system=self.system, kind=kind, theirs=theirs, defaults={"ours": ours}
        )
