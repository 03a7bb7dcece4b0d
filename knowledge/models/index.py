"""What search reads: rows made from the published revisions, never edited by hand."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Deferrable, F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from pgvector.django import HalfVectorField, HnswIndex, SparseVectorField

from accounts.models import Shop
from knowledge.models.article import Article, Revision, Status

TERM_DIMENSIONS = 1_000_000_000  # the most a sparse vector may have; terms find their place in it by their hash
BUNDLED_DIMENSION = 384


class Recipe(models.Model):
    """How vectors were made. One serves; another may be in the making; vectors of two are never compared."""

    class State(models.TextChoices):
        BUILDING = "building", _("in the making")
        SERVING = "serving", _("serving")
        RETIRED = "retired", _("retired")

    stamp = models.CharField(_("recipe"), max_length=200, unique=True)
    engine = models.CharField(_("engine"), max_length=200)
    dimension = models.PositiveSmallIntegerField(_("dimension"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BUILDING)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("embedding recipe")
        verbose_name_plural = _("embedding recipes")
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="serving"), name="one_recipe_serves"),
        ]

    def __str__(self) -> str:
        return self.stamp


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def eligible(self, shop: Shop, *, languages: list[str], audience: int) -> Self:
        """The chunks an answer to somebody of this audience may rest on."""
        return self.filter(
            shop=shop,
            language__in=languages,
            audience__lte=audience,
            article__status=Status.PUBLISHED,
            article__audience__lte=audience,
            article__published_revision=F("revision"),
        )

    def without_vector(self, recipe: Recipe) -> Self:
        return self.exclude(vectors__recipe=recipe)


class Chunk(models.Model):
    """A stretch of a published revision that search finds as one: `revision.body[start:end]`."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, models.CASCADE, related_name="chunks")
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="chunks")
    language = models.CharField(max_length=10)
    audience = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    heading = models.CharField(max_length=500, blank=True)
    hash = models.CharField(max_length=64)
    terms = SparseVectorField(dimensions=TERM_DIMENSIONS)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        constraints = [
            models.UniqueConstraint(
                fields=["article", "position"], name="chunks_stand_in_order", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(end__gte=F("start")), name="a_chunk_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["shop", "language", "audience"], name="chunk_by_reader")]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.position}"

    def is_eligible(self, shop: Shop, *, languages: list[str], audience: int) -> bool:
        """The same rule as the queryset's, for one chunk in hand."""
        article = self.article
        return (
            self.shop_id == shop.pk
            and self.language in languages
            and self.audience <= audience
            and article.status == Status.PUBLISHED
            and article.audience <= audience
            and article.published_revision_id == self.revision_id
        )


class Vector(models.Model):
    """The meaning of a chunk by one recipe, and beside it all that a search weighs: it reads this row and no other."""

    pk = models.CompositePrimaryKey("chunk_id", "recipe_id")
    chunk = models.ForeignKey(Chunk, models.CASCADE, related_name="vectors", db_index=False)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="vectors", db_index=False)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+", db_index=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", db_index=False)
    language = models.CharField(max_length=10)
    audience = models.PositiveSmallIntegerField()
    dimension = models.PositiveSmallIntegerField()
    embedding = HalfVectorField()
    terms = SparseVectorField(dimensions=TERM_DIMENSIONS)

    class Meta:
        verbose_name = _("vector")
        verbose_name_plural = _("vectors")
        indexes = [
            # Other dimensions get theirs when their recipe is built.
            HnswIndex(
                OpClass(Cast("embedding", HalfVectorField(dimensions=BUNDLED_DIMENSION)), name="halfvec_ip_ops"),
                name="vector_near_384",
                condition=Q(dimension=BUNDLED_DIMENSION),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chunk_id}"


class TitleVector(models.Model):
    """The meaning of a published title by one recipe: what it is about, whatever its chunks go on to say."""

    pk = models.CompositePrimaryKey("article_id", "recipe_id")
    article = models.ForeignKey(Article, models.CASCADE, related_name="title_vectors", db_index=False)
    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="title_vectors", db_index=False)
    hash = models.CharField(max_length=64)
    embedding = HalfVectorField()

    class Meta:
        verbose_name = _("vector of a title")
        verbose_name_plural = _("vectors of titles")

    def __str__(self) -> str:
        return f"{self.article_id}"


class Posting(models.Model):
    """How much one term says about one chunk, read strongest first; `key` is of shop, language and term together."""

    pk = models.CompositePrimaryKey("chunk_id", "key")
    chunk = models.ForeignKey(Chunk, models.CASCADE, related_name="postings", db_index=False)
    key = models.BigIntegerField()
    impact = models.FloatField()
    audience = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        indexes = [
            models.Index(F("key"), F("impact").desc(), include=["audience", "chunk_id"], name="posting_strongest_first")
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.impact}"


class Term(models.Model):
    """In how many chunks of a shop and language a term stands; the empty term stands in all."""

    key = models.BigIntegerField(primary_key=True)
    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    language = models.CharField(max_length=10)
    term = models.CharField(max_length=60, blank=True)
    chunks = models.IntegerField()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return self.term


class Word(models.Model):
    """A spelling the shop uses, without its accents: what a mistyped word is led back to its term by."""

    pk = models.CompositePrimaryKey("key", "term_id")
    key = models.BigIntegerField()
    term = models.ForeignKey(Term, models.CASCADE, related_name="words")
    spelling = models.CharField(max_length=60)
    slips = ArrayField(models.BigIntegerField())  # keys of the spelling with any one letter left out

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        indexes = [GinIndex(fields=["slips"], name="word_by_slips", fastupdate=False)]

    def __str__(self) -> str:
        return self.spelling
