"""The assistant learns, and what it learned is switched: versions are trained beside the one that serves."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from celery import current_app, shared_task
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Shop, User
from analytics.ledger import events
from chat import evaluation, persona
from chat.evaluation import Tried
from chat.flows import shelf
from chat.intents import classifier
from chat.intents.classifier import Classifier, Progress
from chat.models import BotVersion, Example, Intent, Serving
from knowledge import confidence
from knowledge.models import Article

MOST = 50_000  # examples: what a machine of two cores learns in minutes
LONGEST = 3600  # seconds that training may take
KEPT = 4  # versions that a process keeps at hand
PARTS: dict[str, tuple[int, int]] = {"reading": (0, 40), "rehearsing": (40, 80), "learning": (80, 99)}  # percent
State = BotVersion.State


class Unfit(Exception):
    """These examples cannot be learned from; the text says why."""


class NameTaken(Exception):
    """The shop has a version of this name already."""

    def __init__(self, name: str) -> None:
        super().__init__(_("There is a version %(name)s already: choose another name.") % {"name": name})


class NotReady(Exception):
    """This version has not learned anything that could serve."""

    def __init__(self, version: BotVersion) -> None:
        super().__init__(_("%(version)s is not trained, so it cannot serve.") % {"version": version})


class NothingBefore(Exception):
    """There is no version to go back to."""

    def __init__(self) -> None:
        super().__init__(_("No version served before this one."))


@dataclass(frozen=True)
class Lesson:
    """A text, and the intent it has; none where it belongs to no intent."""

    text: str
    intent: str | None


def check(lessons: list[Lesson], *, untaught: Iterable[str] = ()) -> None:
    """Raise Unfit where learning would make no sense."""
    for name in untaught:
        raise Unfit(_("The intent %(intent)s has no examples: write some, or delete it.") % {"intent": name})
    if len(lessons) > MOST:
        raise Unfit(
            _("%(count)d examples are too many: a version learns from %(most)d at most.")
            % {"count": len(lessons), "most": MOST}
        )
    meant: dict[str, str | None] = {}
    for lesson in lessons:
        said = " ".join(lesson.text.casefold().split())
        if meant.setdefault(said, lesson.intent) != lesson.intent:
            one, other = meant[said] or _("none"), lesson.intent or _("none")
            raise Unfit(
                _("“%(text)s” is an example of %(one)s and of %(other)s: it can teach only one.")
                % {"text": lesson.text, "one": one, "other": other}
            )
    if len(set(meant.values())) < 2:
        raise Unfit(_("There must be examples of at least two intents, or nothing can be told apart."))


def lessons_of(shop: Shop) -> list[Lesson]:
    """What the shop's own examples teach."""
    lessons = [
        Lesson(text, None if is_none else name)
        for text, name, is_none in Example.objects.filter(intent__shop=shop)
        .order_by("pk")
        .values_list("text", "intent__name", "intent__is_none")
    ]
    untaught = Intent.objects.filter(shop=shop, examples=None).order_by("pk").values_list("name", flat=True)
    check(lessons, untaught=untaught)
    return lessons


def begin(shop: Shop, *, name: str = "", by: User, at: datetime) -> BotVersion:
    """Have a version trained from the shop's examples, beside whatever serves."""
    lessons_of(shop)
    with transaction.atomic():
        version = _new(shop, name, at=at, by=by)
        transaction.on_commit(partial(current_app.send_task, "chat.train", (version.pk,), ignore_result=True))
    return version


@shared_task(name="chat.train", ignore_result=True, time_limit=LONGEST)
def train(version_id: int) -> None:
    """Train a version that waits; whoever comes second finds it taken."""
    if not BotVersion.objects.filter(pk=version_id, state=State.WAITING).update(state=State.TRAINING):
        return
    version = BotVersion.objects.select_related("shop").get(pk=version_id)
    try:
        _learn(version, lessons_of(version.shop), rejects=True, progress=partial(_show, version))
    except Unfit as error:
        _fail(version, str(error))
    except Exception:
        _fail(version, _("Training failed; the log of the worker says why."))
        raise


def train_now(
    shop: Shop, lessons: list[Lesson], *, name: str = "", rejects: bool, at: datetime, progress: Progress
) -> BotVersion:
    """Train a version from these lessons while one waits."""
    check(lessons)
    version = _new(shop, name, at=at, by=None, state=State.TRAINING)
    try:
        _learn(version, lessons, rejects=rejects, progress=progress)
    except BaseException:
        version.delete()
        raise
    return version


def keep_figures(version: BotVersion, report: dict[str, Any]) -> None:
    """Keep how a version did on a test set, for its page to show."""
    version.figures = {**version.figures, "test": report}
    version.save(update_fields=["figures"])


def classifier_of(version: BotVersion) -> Classifier:
    """What a version learned, read once in each process."""
    if version.checksum not in _read:
        if version.learned is None:
            raise NotReady(version)
        _read[version.checksum] = classifier.unpacked(bytes(version.learned), version.checksum)
        while len(_read) > KEPT:
            _read.pop(next(iter(_read)))
    return _read[version.checksum]


def serving(shop_id: int) -> BotVersion | None:
    """The version that answers for a shop now."""
    row = (
        Serving.objects.select_related("version")
        .defer("version__learned", "version__flows")
        .filter(shop=shop_id)
        .first()
    )
    return row.version if row else None


@transaction.atomic
def promote(version: BotVersion, *, by: User | None = None, at: datetime) -> None:
    """Let this version answer from now on; turns that are being thought over end with the one they began with."""
    if version.state != State.READY:
        raise NotReady(version)
    row = Serving.objects.select_for_update(no_key=True).filter(shop=version.shop_id).first()
    if row and row.version_id == version.pk:
        return
    Serving.objects.update_or_create(
        shop=version.shop,
        defaults={"version": version, "previous_id": row.version_id if row else None, "at": at, "by": by},
    )
    events.record("bot.promoted", shop=version.shop, version=version, actor=by, at=at)


@transaction.atomic
def roll_back(shop: Shop, *, by: User | None = None, at: datetime) -> BotVersion:
    """Let the version answer that did before; doing it twice is as if nothing had been done."""
    row = Serving.objects.select_for_update(no_key=True).filter(shop=shop).first()
    if row is None or row.previous is None:
        raise NothingBefore
    promote(row.previous, by=by, at=at)
    return row.previous


def _new(shop: Shop, name: str, *, at: datetime, by: User | None, state: str = State.WAITING) -> BotVersion:
    name = name.strip() or _next_name(shop)
    version, is_new = BotVersion.objects.get_or_create(
        shop=shop, name=name, defaults={"created_at": at, "created_by": by, "state": state}
    )
    if not is_new:
        raise NameTaken(name)
    return version


def _next_name(shop: Shop) -> str:
    taken = set(BotVersion.objects.filter(shop=shop).values_list("name", flat=True))
    return next(name for number in range(1, len(taken) + 2) if (name := f"v{number}") not in taken)


def _learn(version: BotVersion, lessons: list[Lesson], *, rejects: bool, progress: Progress) -> None:
    learned = classifier.fit(
        [lesson.text for lesson in lessons], [lesson.intent for lesson in lessons], progress=progress
    )
    version.learned, version.checksum = classifier.packed(learned.classifier)
    counted = Counter(lesson.intent for lesson in lessons)
    version.intents = {name: counted[name] for name in learned.classifier.intents}
    version.figures = {"rehearsal": evaluation.report([Tried.of(*each) for each in learned.rehearsal])}
    version.flows, version.persona = shelf.of_shop(version.shop_id), persona.of_shop(version.shop_id)
    version.answers = {"floors": confidence.floors(), "vectors": learned.classifier.recipe}
    version.knowledge = {"revisions": _published(version.shop)}
    sure = learned.classifier.calibration
    version.thresholds = {"score": sure.threshold, "sharpness": sure.sharpness, "rejects": rejects}
    version.state, version.percent, version.trained_at = State.READY, 100, timezone.now()
    version.save()


def _published(shop: Shop) -> list[int]:
    """The revisions that answers are made of as the version is trained."""
    published = Article.objects.published().filter(shop=shop).order_by("published_revision")
    return list(published.values_list("published_revision", flat=True))


def _show(version: BotVersion, what: str, done: int, total: int) -> None:
    first, last = PARTS[what]
    percent = first + (last - first) * done // max(1, total)
    BotVersion.objects.filter(pk=version.pk).update(percent=percent)


def _fail(version: BotVersion, why: str) -> None:
    BotVersion.objects.filter(pk=version.pk).update(state=State.FAILED, problem=why[:300])


_read: dict[str, Classifier] = {}
