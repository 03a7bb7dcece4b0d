"""How the assistant speaks, written down by staff, with what it would say."""

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from accounts.admin import OwnShopAdmin
from chat import persona
from chat.models import Persona
from chat.persona import Manner, Voice


class PersonaForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Persona
        fields = ["shop", "language", "name", "tone", "length", "greets_by_name", "greeting", "says", "never"]
        widgets = {"says": forms.Textarea(attrs={"rows": 4}), "never": forms.Textarea(attrs={"rows": 4})}

    def clean_greeting(self) -> str:
        greeting = str(self.cleaned_data["greeting"])
        if set(re.findall(r"[{}][^{}]*}?", greeting)) - {"{name}", "{shop}"}:
            raise ValidationError(_("Only {name} and {shop} can stand in braces."))
        return greeting

    def clean_says(self) -> str:
        said = str(self.cleaned_data["says"])
        for words, instead in persona.pairs(said):
            if not words or not instead:
                raise ValidationError(_("Each line is two words or phrases, for example: parcel = package"))
        return said


@admin.register(Persona)
class PersonaAdmin(OwnShopAdmin):
    form = PersonaForm
    change_form_template = "admin/chat/persona/change_form.html"
    list_display = ("__str__", "shop", "tone", "length")
    list_filter = ("shop", "language")
    list_select_related = ("shop",)
    ordering = ("shop__name", "language", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shop",) if obj else ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        kept = kwargs.get("obj")
        if kept is not None:
            context["lines"] = _said(kept)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path("preview/", self.admin_site.admin_view(self.preview), name="chat_persona_preview"),
            path("<int:pk>/preview/", self.admin_site.admin_view(self.preview), name="chat_persona_preview_of"),
        ]
        return mine + super().get_urls()

    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """What would be said by what stands in the form; nothing is kept."""
        kept = self.get_queryset(request).filter(pk=pk).first() if pk else None
        if request.method != "POST" or (pk and kept is None) or not self.has_add_permission(request):
            raise PermissionDenied
        form = self.get_form(request, kept)(request.POST, instance=kept)
        form.is_valid()
        shown = {"lines": [] if form.errors else _said(form.instance), "problems": form.errors}
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("What it would say"), **shown}
        return TemplateResponse(request, "admin/chat/persona/preview.html", context)


def _said(kept: Persona) -> list[tuple[str, str]]:
    """What shoppers say, and what they would hear."""
    voice = Voice(Manner.of(kept), kept.language or kept.shop.language, kept.shop.name, "Maria")
    return voice.samples()
