from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from chat.models.message import Message


class Verdict(models.Model):
    """Whether one answer helped, by the shopper it was given to."""

    message = models.OneToOneField(Message, models.CASCADE, related_name="verdict")
    helped = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")

    def __str__(self) -> str:
        return f"{self.message_id} {self.helped}"


class Rating(models.Model):
    """How content a shopper was in the end, with the assistant and with people apart."""

    class About(models.TextChoices):
        BOT = "bot", _("the assistant")
        PERSON = "person", _("our team")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="ratings")
    about = models.CharField(max_length=8, choices=About)
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "about"], name="one_rating_of_each"),
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.about} {self.score}"
