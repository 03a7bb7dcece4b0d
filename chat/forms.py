from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from chat.adapters import web


class StartForm(forms.Form):
    """The first words of a conversation."""

    client_id = forms.CharField(max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(label=_("How can we help?"), required=False, max_length=settings.CHAT_TEXT_LIMIT)
    name = forms.CharField(label=_("Your name"), required=False, max_length=200)
    email = forms.EmailField(label=_("Your email address"), required=False)
    person = forms.BooleanField(required=False)

    def clean_client_id(self) -> str:
        try:
            return web.client_id(self.cleaned_data["client_id"])
        except web.BadFrame as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("person") and "text" not in self.errors:
            self.add_error("text", _("Please write something first."))
        return cleaned
