"""The team's sockets at a talk: the same talk, with the right to take it, and what colleagues do beside it."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from chat import handoff, notes, outbox, pages, realtime, seats, talk
from chat.adapters import web
from chat.company import Company
from chat.consumers import TalkConsumer, code_of
from chat.pulse import in_thread


class StaffConsumer(TalkConsumer):
    """A place of the team: the same talk, with the right to take it and give it back, and what colleagues note."""

    is_staff = True

    async def seated(self) -> None:
        self.company, self.known_company = Company(self.seat.user_id), list[str]()
        await self.join(realtime.staff_group(self.seat.conversation_id))
        await self.say_here(asks=True)
        await in_thread(_note_seen, self.seat)

    async def let_go(self) -> None:
        if self.joined and (group := realtime.staff_group(self.seat.conversation_id)) in self.joined:
            await self.channel_layer.group_send(group, {"type": "talk.away", "place": self.channel_name})
        await super().let_go()

    async def beat(self, last_seq: int, lease: int, queue: dict[str, Any] | None) -> None:
        await super().beat(last_seq, lease, queue)
        await self.say_here()
        await self.show_company()

    async def say_here(self, *, asks: bool = False, to: str = "") -> None:
        """Tell colleagues at this talk that she is here, too; who asks is told the same."""
        here = {"type": "talk.here", "place": self.channel_name, "user": self.seat.user_id, "name": self.seat.name}
        if to:
            await self.channel_layer.send(to, {**here, "asks": False})
        else:
            await self.channel_layer.group_send(realtime.staff_group(self.seat.conversation_id), {**here, "asks": asks})

    async def talk_here(self, event: dict[str, Any]) -> None:
        if event["place"] == self.channel_name:
            return
        self.company.came(event["place"], event["user"], event["name"])
        if event["asks"]:
            await self.say_here(to=event["place"])
        await self.show_company()

    async def talk_away(self, event: dict[str, Any]) -> None:
        self.company.left(event["place"])
        await self.show_company()

    async def show_company(self) -> None:
        """Say who else is here, when that is not what was last said."""
        names = self.company.names()
        if names == self.known_company:
            return
        self.known_company = names
        if self.speaks_json:
            await self.send_frame({"type": "company", "names": names})
        else:
            await self.send(await in_thread(pages.company, names, language=self.language))

    async def talk_noted(self, event: dict[str, Any]) -> None:
        """Browsers get the notes anew; a program hears that there is one."""
        if self.speaks_json:
            await self.send_frame({"type": "noted"})
        else:
            await self.send(await in_thread(pages.notes, self.seat.conversation_id, language=self.language))
        await in_thread(_note_seen, self.seat)

    def post(self, frame: web.Send) -> talk.Receipt:
        by = User.objects.get(pk=self.seat.user_id)
        return outbox.post_person(
            self.seat.conversation_id,
            by=by,
            text=frame.text,
            client_id=frame.client_id,
            at=timezone.now(),
            files=frame.files,
        )

    async def typing(self) -> None:
        realtime.typing(self.seat.conversation_id, author="person", name=self.seat.name, sender=self.channel_name)

    async def change_hands(self, frame: web.Frame) -> None:
        story = {web.Take: handoff.take, web.GiveBack: handoff.give_back}.get(type(frame))
        if story is None:
            raise web.BadFrame("not_allowed", str(pages.NOT_YOURS))
        try:
            await in_thread(_by_person, story, self.seat)
        except (handoff.AlreadyTaken, handoff.NotHolding) as refusal:
            await self.error(code_of(refusal), str(refusal))


def _by_person(story: Any, seat: seats.Seat) -> None:
    story(seat.conversation_id, by=User.objects.get(pk=seat.user_id), at=timezone.now())


def _note_seen(seat: seats.Seat) -> None:
    notes.seen(seat.conversation_id, by=User.objects.get(pk=seat.user_id), at=timezone.now())
