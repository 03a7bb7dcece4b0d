from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.access import Visible
from tickets.models.doing import Doing
from tickets.models.ticket import Ticket


class When(models.TextChoices):
    OPENED = "opened", _("a ticket is opened")
    RECEIVED = "received", _("the customer says something")
    POSTED = "posted", _("somebody of the team says something")
    MOVED = "moved", _("the status changes")
    ASSIGNED = "assigned", _("it is given to somebody or to a team")
    CHANGED = "changed", _("something else about it changes")
    NOTED = "noted", _("a note is written")
    WARNED = "warned", _("a promise is soon due")
    BROKEN = "broken", _("a promise is overdue")
    RATED = "rated", _("the customer rates it")
    TIME = "time", _("time goes by (every five minutes)")


class RuleQuerySet(Visible["Rule"]):
    pass


class Rule(Doing):
    """When something happens to a ticket that fits, something is done by itself."""

    when = models.CharField(_("when"), max_length=10, choices=When)
    is_on = models.BooleanField(_("on"), default=True)
    position = models.PositiveSmallIntegerField(_("place"), default=0, help_text=_("Rules follow each other by place."))
    speaker = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in the name of"),
        help_text=_("Who signs the reply and the note."),
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="a_rule_has_one_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_rule_has_a_name"),
        ]
        indexes = [models.Index(fields=["shop", "when"], name="rules_to_follow", condition=Q(is_on=True))]

    def clean(self) -> None:
        super().clean()
        if (self.reply or self.note) and self.speaker is None:
            raise ValidationError({"speaker": _("Say in whose name it is written.")})
        if self.shop_id and self.speaker is not None and not self.speaker.works_for(self.shop):
            raise ValidationError({"speaker": _("They do not work for this shop.")})


class RuleCondition(models.Model):
    """One thing that is asked of a ticket. `test` names what: team-3, priority-4, kind-open, idle, subject, ..."""

    class Must(models.TextChoices):
        ALL = "all", _("all of these")
        ANY = "any", _("any of these")

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="conditions", verbose_name=_("rule"))
    must = models.CharField(_("group"), max_length=3, choices=Must, default=Must.ALL)
    is_not = models.BooleanField(_("not"), default=False)
    test = models.CharField(_("what"), max_length=40)
    value = models.CharField(_("words or number"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")

    def __str__(self) -> str:
        return f"{self.must} {'not ' if self.is_not else ''}{self.test} {self.value}".strip()


class RuleRun(models.Model):
    """What a rule did to a ticket, and because of what."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        REFUSED = "refused", _("could not be done")
        LOOP = "loop", _("not done: it was itself the cause")
        BROKEN = "broken", _("switched off")

    rule = models.ForeignKey(Rule, models.SET_NULL, null=True, related_name="runs", verbose_name=_("rule"))
    name = models.CharField(_("name"), max_length=60)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="rule_runs", verbose_name=_("ticket"))
    event = models.BigIntegerField(_("event"), null=True)  # none when time went by
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    why = models.CharField(_("why"), max_length=300, blank=True)
    chain = ArrayField(models.BigIntegerField(), default=list)  # the rules before it, of which this is a consequence
    caused = ArrayField(models.BigIntegerField(), default=list)  # the events that it made
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("what a rule did")
        verbose_name_plural = _("what rules did")
        constraints = [
            models.UniqueConstraint(fields=["rule", "event"], name="a_rule_follows_an_event_once"),
        ]
        indexes = [
            models.Index(fields=["rule", "ticket", "-at"], name="runs_of_a_rule"),
            GinIndex(fields=["caused"], name="runs_by_what_they_caused"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.ticket_id} {self.outcome}"
