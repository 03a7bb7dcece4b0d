"""Values by name, such as the options of a variant: one flat JSON object of short texts."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def only_texts(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(each, str) for pair in value.items() for each in pair):
        raise ValidationError(_("Write names with texts, for example {“color”: “blue”}."))


def named_values(label: Any, help_text: Any = "") -> "models.JSONField[Any, Any]":
    return models.JSONField(label, default=dict, blank=True, validators=[only_texts], help_text=help_text)
