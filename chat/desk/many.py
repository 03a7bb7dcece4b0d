"""One thing done to many talks: each by its own story and under its own lock, so that colleagues lose nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notes
from accounts.many import Done, each
from accounts.models import Team, User
from accounts.presence import NotOnTheTeam
from chat import handoff, talk
from chat.models import Conversation, Holder


class Over(Exception):
    """Somebody closed it in the meantime."""

    def __str__(self) -> str:
        return str(_("This conversation is closed."))


REFUSALS = (Over, handoff.AlreadyTaken, handoff.NotHolding, NotOnTheTeam, notes.Unfit)
Story = Callable[[Conversation], object]


def close(talks: Iterable[Conversation], *, by: User, at: datetime) -> Done:
    """End these talks, but none that a colleague is holding."""
    return _each(talks, lambda one: handoff.close(_not_of_others(one, by).pk, by=by, at=at))


def assign(talks: Iterable[Conversation], *, to: User | Team, by: User, at: datetime) -> Done:
    """Give these talks to a colleague or a team, or take them; what a third person holds stays with them."""
    if to == by:
        return _each(talks, lambda one: handoff.take(one.pk, by=by, at=at))
    return _each(talks, lambda one: handoff.pass_on(one.pk, by=by, to=to, at=at))


def tag(talks: Iterable[Conversation], name: str, *, by: User, at: datetime) -> Done:
    """Give the customers of these talks a tag."""
    return _each(talks, lambda one: notes.tag(one.customer, name, by=by, at=at))


def _each(talks: Iterable[Conversation], story: Story) -> Done:
    return each(
        talks, lambda one: _under_its_lock(one.pk, story), refusals=REFUSALS, name=lambda one: str(one.customer)
    )


@transaction.atomic
def _under_its_lock(pk: int, story: Story) -> None:
    conversation = talk.lock(pk)
    if not conversation.is_open:
        raise Over
    story(conversation)


def _not_of_others(conversation: Conversation, by: User) -> Conversation:
    if conversation.holder == Holder.PERSON and not conversation.is_held_by(by):
        raise handoff.AlreadyTaken(conversation.person)
    return conversation
