from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from chat.adapters import web
from chat.desk import views_kept
from chat.lists import Box
from chat.models import SavedView


class StartForm(forms.Form):
    """The first words of a conversation."""

    client_id = forms.CharField(max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(label=_("How can we help?"), required=False, max_length=settings.CHAT_TEXT_LIMIT)
    name = forms.CharField(label=_("Your name"), required=False, max_length=200)
    email = forms.EmailField(label=_("Your email address"), required=False)
    person = forms.BooleanField(required=False)
    chosen = forms.CharField(required=False, max_length=settings.CHAT_TEXT_LIMIT)

    def clean_client_id(self) -> str:
        try:
            return web.client_id(self.cleaned_data["client_id"])
        except web.BadFrame as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["text"] = cleaned.get("chosen") or cleaned.get("text")
        if not cleaned.get("text") and not cleaned.get("person") and "text" not in self.errors:
            self.add_error("text", _("Please write something first."))
        return cleaned


class ViewForm(forms.ModelForm):  # type: ignore[type-arg]
    """A view an agent keeps among the lists of her inbox."""

    box = forms.ChoiceField(label=_("From the list"), choices=Box.choices)
    language = forms.ChoiceField(
        label=_("Language of the customer"), choices=[("", _("any")), *settings.LANGUAGES], required=False
    )

    class Meta:
        model = SavedView
        fields = ("name", "box", "tag", "team", "language", "words", "shared_with")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.owner = user
        for name, empty in (("team", _("any")), ("shared_with", _("only me"))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = Team.objects.filter(members=user).order_by("name", "pk")
            field.empty_label = empty

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        hers = SavedView.objects.filter(owner=self.instance.owner)
        if hers.filter(name=cleaned.get("name")).exists():
            self.add_error("name", _("You have a view of this name."))
        if hers.count() >= views_kept.MOST:
            raise forms.ValidationError(
                _("You can keep up to %(most)s views. Remove one first.") % {"most": views_kept.MOST}
            )
        return cleaned
