from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop


class Imported(models.Model):
    """What became of a record of another helpdesk, so that the same export can be brought in again."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    system = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    theirs = models.CharField(max_length=64)
    ours = models.BigIntegerField()

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        constraints = [
            models.UniqueConstraint(fields=["shop", "system", "kind", "theirs"], name="a_record_is_imported_once")
        ]

    def __str__(self) -> str:
        return f"{self.system} {self.kind} {self.theirs}"
