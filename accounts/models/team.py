from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.shop import Shop
from accounts.models.user import User


class Topic(models.TextChoices):
    """What a talk was about when the assistant handed it over."""

    ORDERS = "orders", _("orders")
    RETURNS = "returns", _("returns and refunds")
    PRODUCTS = "products", _("products")
    OTHER = "other", _("anything else")


def topics(help_text: Any) -> "ArrayField[Any, Any]":
    return ArrayField(
        models.CharField(max_length=10, choices=Topic.choices),
        verbose_name=_("topics"),
        default=list,
        blank=True,
        help_text=help_text,
    )


class TeamQuerySet(Visible["Team"]):
    pass


class Team(models.Model):
    """Colleagues who share a queue."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="teams", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)
    members = models.ManyToManyField(User, blank=True, related_name="teams", verbose_name=_("members"))
    topics = topics(_("What the assistant hands over about these waits for this team."))

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="team_name_is_one_in_a_shop")]

    def __str__(self) -> str:
        return self.name


class SkillQuerySet(Visible["Skill"]):
    pass


class Skill(models.Model):
    """Something that not everybody of a shop can do."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="skills", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)
    members = models.ManyToManyField(User, blank=True, related_name="skills", verbose_name=_("who has it"))
    topics = topics(_("What the assistant hands over about these needs somebody who has it."))

    objects = SkillQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="skill_name_is_one_in_a_shop")]

    def __str__(self) -> str:
        return self.name


class Status(models.TextChoices):
    ONLINE = "online", _("online")
    AWAY = "away", _("away")
    OFFLINE = "offline", _("offline")


class PresenceQuerySet(Visible["AgentPresence"]):
    def online(self, *, since: Any) -> Self:
        """Said online, and heard from since then: a closed laptop says nothing."""
        return self.filter(status=Status.ONLINE, last_seen_at__gte=since, user__is_active=True)


class AgentPresence(models.Model):
    """Whether a person of the team is there, and how many talks she can hold at once."""

    Status = Status

    user = models.ForeignKey(User, models.CASCADE, related_name="presences", verbose_name=_("user"))
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="presences", verbose_name=_("shop"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.OFFLINE)
    capacity = models.PositiveSmallIntegerField(_("talks at once"), default=4)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    given_at = models.DateTimeField(_("last given a talk"), null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent presence")
        verbose_name_plural = _("agent presences")
        constraints = [
            models.UniqueConstraint(fields=["user", "shop"], name="one_presence_in_a_shop"),
            models.CheckConstraint(
                condition=models.Q(status__in=["online", "away", "offline"]), name="presence_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["shop", "status", "last_seen_at"], name="presence_who_is_there")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_status_display()}"
