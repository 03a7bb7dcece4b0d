from django.db import models
from django.utils.translation import gettext_lazy as _


class Shop(models.Model):
    """A brand: everything a shopper meets belongs to one, and nothing crosses it."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), unique=True)

    def __str__(self) -> str:
        return self.name
