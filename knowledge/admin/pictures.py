"""Pictures at the desk: brought in, described, and thrown away when no article shows them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.admin import own_shops, runs_a_shop
from accounts.limits import limited
from accounts.models import Shop
from knowledge import pictures
from knowledge.admin.own import DeskAdmin
from knowledge.models import Picture


class NewPictureForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Picture
        fields = ["shop", "file", "description"]

    file = forms.FileField(
        label=gettext_lazy("File"), widget=forms.FileInput({"accept": "image/png,image/jpeg,image/gif,image/webp"})
    )

    def clean(self) -> dict[str, Any]:
        """Keeping it is how it is checked, so it is kept here."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("file") and told.get("shop") and not self.errors:
            try:
                self.kept = pictures.add(
                    told["shop"],
                    told["file"],
                    name=told["file"].name,
                    description=told["description"],
                    at=timezone.now(),
                )
            except pictures.NotAccepted as why:
                raise ValidationError({"file": str(why)}) from None
        return told


@admin.register(Picture)
class PictureAdmin(DeskAdmin):
    list_display = ["small", "description", "written", "created_at", "shop"]
    list_display_links = ["small", "description"]
    list_filter = ["shop"]
    list_select_related = ["shop"]
    search_fields = ["description", "public_id"]
    ordering = ["-created_at", "-pk"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["shop", "file", "description"]
        return ["large", "description", "written", "shown_in", "shop", "created_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["large", "written", "shown_in", "shop", "created_at"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **(kwargs if obj else kwargs | {"form": NewPictureForm}))

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.pk, obj.public_id, obj.description = form.kept.pk, form.kept.public_id, form.kept.description
        obj._state.adding = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not pictures.shown_in(obj))

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        pictures.remove(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Picture]) -> None:
        for picture in queryset.filter(pk__in=self.mine_to_change(request).values("pk")):
            try:
                pictures.remove(picture)
            except pictures.StillShown as why:
                messages.warning(request, f"{picture}: {why}")

    @admin.display(description=gettext_lazy("picture"))
    def small(self, picture: Picture) -> SafeString:
        return _image(picture, "desk-thumb")

    @admin.display(description=gettext_lazy("picture"))
    def large(self, picture: Picture) -> SafeString:
        return _image(picture, "desk-picture")

    @admin.display(description=gettext_lazy("in an article"))
    def written(self, picture: Picture) -> SafeString:
        return format_html("<code>{}</code>", picture.markdown)

    @admin.display(description=gettext_lazy("articles that show it"))
    def shown_in(self, picture: Picture) -> int:
        return pictures.shown_in(picture)

    def get_urls(self) -> list[URLPattern]:
        opens = self.admin_site.admin_view(limited("upload")(_upload))
        upload = path("upload/", opens, name="knowledge_picture_upload")
        return [upload, *super().get_urls()]


@require_POST
def _upload(request: HttpRequest) -> HttpResponseBase:
    """A picture dropped into a text: what to write there to show it."""
    if not runs_a_shop(request):
        raise PermissionDenied
    shop = _shop(request)
    file = request.FILES.get("file")
    try:
        if shop is None:
            raise pictures.NotAccepted(_("Choose the shop first."))
        if file is None:
            raise pictures.NotAccepted(_("Please choose a file."))
        picture = pictures.add(shop, file, name=file.name or "", at=timezone.now())
    except pictures.NotAccepted as why:
        return JsonResponse({"error": str(why)}, status=422)
    return JsonResponse({"markdown": picture.markdown}, status=201)


def _shop(request: HttpRequest) -> Shop | None:
    told = request.POST.get("shop", "")
    return own_shops(request.user).filter(pk=int(told)).first() if told.isascii() and told.isdigit() else None


def _image(picture: Picture, style: str) -> SafeString:
    return format_html(
        '<img class="{}" src="{}" alt="{}" loading="lazy">', style, picture.get_absolute_url(), picture.description
    )
