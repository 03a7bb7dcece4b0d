import hashlib
import re
import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop
from accounts.models.access import memberships_of


class Audience(models.IntegerChoices):
    """Who may read an article; each reads what those before may read."""

    PUBLIC = 0, _("everybody")
    CUSTOMERS = 1, _("shoppers who signed in")
    AGENTS = 2, _("the team only")

    @classmethod
    def of(cls, user: Any, shop: Shop) -> "Audience":
        """How much of a shop's knowledge a person may see."""
        if user is None or isinstance(user, AnonymousUser) or not user.is_active:
            return cls.PUBLIC
        if user.is_superuser or memberships_of(user).filter(shop=shop).exists():
            return cls.AGENTS
        return cls.CUSTOMERS


class Status(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


class Category(models.Model):
    """A shelf of the help centre."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="categories", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name", "pk"]
        constraints = [models.UniqueConstraint(fields=["shop", "slug"], name="category_slug_is_one_in_a_shop")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that articles share."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="tags", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="tag_is_one_in_a_shop")]

    def __str__(self) -> str:
        return self.name


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def for_audience(self, audience: int) -> Self:
        """What somebody of this audience may read."""
        return self.published().filter(audience__lte=audience)

    def visible_to(self, user: Any) -> Self:
        """Everything to the team of its shop, the published rest to those it is meant for."""
        everybody = Q(status=Status.PUBLISHED, audience=Audience.PUBLIC)
        if user is None or isinstance(user, AnonymousUser) or not user.is_active:
            return self.filter(everybody)
        if user.is_superuser:
            return self.all()
        signed_in = Q(status=Status.PUBLISHED, audience__lte=Audience.CUSTOMERS)
        return self.filter(signed_in | Q(shop__in=memberships_of(user)))

    def due(self, at: datetime) -> Self:
        """Those whose hour of publishing has come."""
        return self.filter(publish_at__lte=at).exclude(status=Status.ARCHIVED).order_by("publish_at", "pk")

    def to_review(self, at: datetime) -> Self:
        return self.published().filter(review_by__lte=at).order_by("review_by", "pk")

    def stale(self) -> Self:
        """Translations of a text that has been published anew since."""
        return self.filter(translation_of__isnull=False).exclude(
            source_revision=F("translation_of__published_revision")
        )


class Article(models.Model):
    """One piece of what a shop knows, in one language; its words are in its revisions."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="articles", verbose_name=_("shop"))
    external_id = models.CharField(_("id in the source"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=200, allow_unicode=True)
    language = models.CharField(_("language"), max_length=10)
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="articles", verbose_name=_("category")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", verbose_name=_("tags"))
    audience = models.PositiveSmallIntegerField(_("who may read it"), choices=Audience, default=Audience.PUBLIC)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    published_revision = models.ForeignKey(
        "Revision", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("published")
    )
    translation_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    source_revision = models.ForeignKey(
        "Revision",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("translated from"),
    )
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    review_by = models.DateField(_("review by"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "external_id", "language"], name="article_is_one_in_a_shop_and_language"
            ),
            models.UniqueConstraint(fields=["shop", "language", "slug"], name="article_slug_is_one_in_a_language"),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(published_revision__isnull=False),
                name="a_published_article_has_words",
            ),
            models.CheckConstraint(
                condition=Q(translation_of=None) | ~Q(translation_of=F("pk")), name="no_translation_of_itself"
            ),
        ]
        indexes = [
            models.Index(fields=["shop", "status", "audience"], name="article_by_status"),
            models.Index(fields=["publish_at"], condition=Q(publish_at__isnull=False), name="article_by_hour"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    def get_absolute_url(self) -> str:
        return reverse("help:article", args=[self.language, self.slug])

    @property
    def title(self) -> str:
        shown = self.published_revision or self.latest
        return shown.title if shown else ""

    @property
    def latest(self) -> "Revision | None":
        """The newest words, published or not."""
        return self.revisions.order_by("-number").first()

    @property
    def is_public(self) -> bool:
        return self.status == Status.PUBLISHED and self.audience == Audience.PUBLIC

    @property
    def is_stale(self) -> bool:
        """Whether this translation tells what its source no longer tells."""
        source = self.translation_of
        return source is not None and source.published_revision_id != self.source_revision_id


class Revision(models.Model):
    """The words of an article as they stood once; the database refuses to change them."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions", verbose_name=_("article"))
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    hash = models.CharField(max_length=64, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="revisions_are_numbered")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @staticmethod
    def hash_of(title: str, body: str) -> str:
        return hashlib.sha256(f"{title}\0{body}".encode()).hexdigest()


class Picture(models.Model):
    """An image that articles show. Whoever knows its address sees it, so the address cannot be guessed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="pictures", verbose_name=_("shop"))
    file = models.ImageField(_("file"), upload_to="pictures")
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    description = models.CharField(
        _("what it shows"), max_length=300, blank=True, help_text=_("Read aloud to those who do not see it.")
    )
    created_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.description or str(self.public_id)

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.public_id])

    @property
    def markdown(self) -> str:
        """What an article says to show it."""
        return f"![{re.sub(r'[][]', '', self.description)}]({self.get_absolute_url()})"


class Vote(models.Model):
    """Whether an article helped somebody; each voice counts once and may change its mind."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="votes", verbose_name=_("article"))
    voter = models.CharField(max_length=64, editable=False, help_text=_("A hash; it leads back to nobody."))
    helped = models.BooleanField(_("it helped"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["article", "voter"], name="one_vote_a_voice")]

    def __str__(self) -> str:
        return "+" if self.helped else "-"
