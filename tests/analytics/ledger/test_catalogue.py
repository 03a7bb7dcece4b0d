"""The code is read, not run: what is recorded is in the catalogue, and what is in the catalogue is recorded."""

import ast
from pathlib import Path

from django.conf import settings

from analytics.ledger.events import KINDS

APPS = ("accounts", "analytics", "chat", "config", "knowledge", "tickets")
ALWAYS = {"at", "actor", "shop"}

# Known, and not recorded by anything yet.
FOR_LATER = {
    "answer.abstained",
    "article.published",
    "article.unpublished",
    "conversation.queued",
    "customer.erased",
    "gap.recorded",
    "retrieval.degraded",
    "ticket.opened",
    "ticket.resolved",
}


def calls():
    """Every call of `events.record` in the code: where, which kinds it may record, and what it says about them."""
    for app in APPS:
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            tree = ast.parse(path.read_text())
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"events.record", "record"} and node.args:
                    where = f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"
                    yield where, kinds_of(node.args[0], tree), {word.arg for word in node.keywords if word.arg}


def kinds_of(said, tree):
    """A literal, a choice between literals, or a name that is only ever given one of these."""
    match said:
        case ast.Constant(value=str(kind)):
            return {kind}
        case ast.IfExp(body=one, orelse=other):
            return kinds_of(one, tree) | kinds_of(other, tree)
        case ast.Name(id=name):
            given = [
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign) and name in map(ast.unparse, node.targets)
            ]
            return set().union(*(kinds_of(value, tree) for value in given))
    return set()


def test_every_kind_that_is_recorded_can_be_read_from_the_code_and_is_in_the_catalogue():
    unknown = {where: kinds for where, kinds, _ in calls() if not kinds or not kinds <= KINDS.keys()}
    assert not unknown


def test_every_kind_in_the_catalogue_is_recorded_somewhere_or_said_to_be_for_later():
    recorded = set().union(*(kinds for _, kinds, _ in calls()))
    assert KINDS.keys() - recorded <= FOR_LATER <= KINDS.keys()


def test_nothing_is_said_about_an_event_that_its_kind_does_not_know():
    strange = {}
    for where, kinds, words in calls():
        for kind in kinds & KINDS.keys():
            known = KINDS[kind]
            missing = {known.subject} - words
            if extra := (words - ALWAYS - {known.subject} - known.refs.keys() - known.facts.keys()) | missing:
                strange[where] = extra
    assert not strange


def test_references_and_facts_have_different_names_and_none_is_taken():
    for kind in KINDS.values():
        names = [kind.subject, *kind.refs, *kind.facts]
        assert len(names) == len(set(names)), kind.name
        assert not ({"kind", "at", "actor"} | ({"shop"} if kind.subject != "shop" else set())) & set(names), kind.name
