"""Who else of the team is at a talk: told from socket to socket, and kept nowhere else."""

from collections.abc import Callable
from time import monotonic

SILENCE = 35.0  # seconds after which a place that was not heard of is empty; each says every ten that it is there


class Company:
    """The colleagues beside one place at a talk."""

    def __init__(self, user_id: int | None, clock: Callable[[], float] = monotonic) -> None:
        self._me, self._clock = user_id, clock
        self._there: dict[str, tuple[int | None, str, float]] = {}

    def came(self, place: str, user_id: int | None, name: str) -> None:
        self._there[place] = (user_id, name, self._clock())

    def left(self, place: str) -> None:
        self._there.pop(place, None)

    def names(self) -> list[str]:
        """Each colleague once, in however many windows; she herself is no company."""
        now = self._clock()
        self._there = {place: one for place, one in self._there.items() if now - one[2] < SILENCE}
        people = {user_id: name for user_id, name, _heard in self._there.values() if user_id != self._me}
        return sorted(people.values())
