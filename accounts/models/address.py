"""Where something is sent, in the parts that every shop system knows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Address:
    name: str = ""
    line1: str = ""
    line2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        return cls(**{part.name: str(told.get(part.name) or "").strip() for part in fields(cls)})

    def __bool__(self) -> bool:
        return any(asdict(self).values())

    def __str__(self) -> str:
        """As it stands on a parcel."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        lines = [self.name, self.line1, self.line2, ", ".join(part for part in (town, self.region) if part)]
        return "\n".join(line for line in [*lines, self.country] if line)

    def parts(self) -> dict[str, str]:
        """What is kept of it."""
        return {name: part for name, part in asdict(self).items() if part}
