"""What the assistant is taught: intents, each with examples of how shoppers say it."""

import io
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import OwnShopAdmin, own_shops
from accounts.models import Shop
from chat import teaching
from chat.models import Example, Intent


class BringForm(forms.Form):
    shop = forms.ModelChoiceField(Shop.objects.none(), label=gettext_lazy("shop"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("file"),
        help_text=gettext_lazy('Lines like {"text": "Where is my parcel?", "intent": "parcel", "language": "en"}'),
    )

    def __init__(self, *given: Any, shops: QuerySet[Shop]) -> None:
        super().__init__(*given)
        chosen = self.fields["shop"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = shops


class ExampleInline(admin.TabularInline):  # type: ignore[type-arg]  # as in OwnShopAdmin
    model = Example
    extra = 3


@admin.register(Intent)
class IntentAdmin(OwnShopAdmin):
    change_list_template = "admin/chat/intent/change_list.html"
    list_display = ("name", "description", "examples", "is_none", "shop")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    search_fields = ("name", "description", "examples__text")
    ordering = ("shop__name", "name", "pk")
    inlines = (ExampleInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(many=Count("examples"))  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("examples"), ordering="many")
    def examples(self, intent: Any) -> int:
        return int(intent.many)

    def get_urls(self) -> list[URLPattern]:
        mine = [
            path("bring/", self.admin_site.admin_view(self.bring), name="chat_intent_bring"),
            path("take-out/", self.admin_site.admin_view(self.take_out), name="chat_intent_take_out"),
        ]
        return mine + super().get_urls()

    def bring(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        form = BringForm(*given, shops=own_shops(request.user).order_by("name", "pk"))
        if form.is_bound and form.is_valid():
            file: UploadedFile[Any] = form.cleaned_data["file"]
            try:
                told = teaching.bring(form.cleaned_data["shop"], io.TextIOWrapper(file, encoding="utf-8-sig"))
            except UnicodeDecodeError:
                form.add_error("file", _("The file is not text in UTF-8."))
            except teaching.Unreadable as why:
                form.add_error("file", str(why))
            else:
                said = _("%(new)d examples are new, %(known)d were known.") % {"new": told.new, "known": told.known}
                messages.success(request, said)
                return HttpResponseRedirect(reverse("admin:chat_intent_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Bring in examples"),
            "form": form,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/chat/intent/bring.html", context, status=status)

    def take_out(self, request: HttpRequest) -> StreamingHttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        lines = (line for shop in own_shops(request.user).order_by("pk") for line in teaching.take_out(shop))
        return StreamingHttpResponse(
            lines,
            content_type="application/jsonl",
            headers={"Content-Disposition": 'attachment; filename="examples.jsonl"'},
        )
