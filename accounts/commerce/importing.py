"""Bring a shop in from files: every good record is kept, every other told with its line, however long the file is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.commerce import files, keeping, records
from accounts.commerce.files import Found, Problem
from accounts.commerce.told import Wrong
from accounts.models import Shop

BATCH = 200
TOLD = 1000  # problems that a report lists; the others are counted
_READ: dict[str, Callable[[Any, Shop], records.Record]] = {
    "customer": records.customer,
    "product": records.product,
    "order": records.order,
}

Progress = Callable[[int], None]


@dataclass
class Report:
    """What an import did, or would do; by kind, how many are new and how many were known."""

    created: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    bad: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return sum(self.created.values()) + sum(self.changed.values())

    def add(self, kind: str, kept: keeping.Kept) -> None:
        self.created[kind] = self.created.get(kind, 0) + kept.created
        self.changed[kind] = self.changed.get(kind, 0) + kept.changed

    def note(self, file: str, line: int, why: str) -> None:
        self.bad += 1
        if len(self.problems) < TOLD:
            self.problems.append({"file": file, "line": line, "why": why})


def bring(
    shop: Shop, paths: Iterable[Path], *, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Take in one file after the other. A dry run does the same and then takes it all back."""
    report = Report()
    if not dry_run:
        _bring(shop, paths, report, at, progress)
        return report
    with transaction.atomic():
        _bring(shop, paths, report, at, progress)
        transaction.set_rollback(True)
    return report


def _bring(shop: Shop, paths: Iterable[Path], report: Report, at: datetime, progress: Progress | None) -> None:
    for path in paths:
        try:
            found = files.read(path)
        except files.Unreadable as why:
            report.note(path.name, 1, str(why))
            continue
        for batch in _batches(found):
            _take(shop, path.name, batch, report, at)
            if progress:
                progress(report.good + report.bad)


def _batches(found: Iterable[Found | Problem]) -> Iterator[list[Found | Problem]]:
    """Neighbours of one kind, in the order of the file, since what comes later may point at what came before."""
    batch: list[Found | Problem] = []
    kind = ""
    for each in found:
        if isinstance(each, Found):
            if batch and each.kind != kind and any(isinstance(other, Found) for other in batch):
                yield batch
                batch = []
            kind = each.kind
        batch.append(each)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _take(shop: Shop, file: str, batch: list[Found | Problem], report: Report, at: datetime) -> None:
    wrong = [(each.line, each.why) for each in batch if isinstance(each, Problem)]
    good: list[records.Record] = []
    lines: list[int] = []
    for each in batch:
        if isinstance(each, Found):
            try:
                good.append(_READ[each.kind](each.told, shop))
                lines.append(each.line)
            except Wrong as refusal:
                wrong.append((each.line, str(refusal)))
    kept = keeping.keep(shop, good, as_of=at)
    wrong += [(lines[place], why) for place, why in kept.wrong.items()]
    kind = next((each.kind for each in batch if isinstance(each, Found)), "")
    if kind:
        report.add(kind, kept)
    for line, why in sorted(wrong):
        report.note(file, line, why)
