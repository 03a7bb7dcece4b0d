"""Where staff write flows: YAML with what is wrong by line, drawn beside, and tried out before anybody meets them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealing
from accounts.admin import OwnShopAdmin
from chat.admin import diagram
from chat.flows import shelf
from chat.flows.notation import reading, rehearsal
from chat.flows.scripts import Script
from chat.models import Flow, Webhook


class FlowForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Flow
        fields = ["shop", "source", "is_on"]
        widgets = {"source": forms.Textarea(attrs={"rows": 32, "cols": 110, "spellcheck": "false", "class": "mono"})}

    def clean_source(self) -> str:
        source = str(self.cleaned_data["source"]).replace("\r\n", "\n").strip() + "\n"
        try:
            name = reading.read(source)["flow"]
        except reading.Unfit as why:
            raise ValidationError([str(problem) for problem in why.problems]) from why
        if self.instance.pk and name != self.instance.name:
            raise ValidationError(_("The name of a flow stays. Add another flow for another name."))
        return source

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.instance.pk and {"shop", "source"} <= cleaned.keys():
            name = reading.read(cleaned["source"])["flow"]
            if Flow.objects.filter(shop=cleaned["shop"], name=name).exists():
                self.add_error("source", _("The shop has a flow “%(name)s” already.") % {"name": name})
        return cleaned


@admin.register(Flow)
class FlowAdmin(OwnShopAdmin):
    form = FlowForm
    change_list_template = "admin/chat/flow/change_list.html"
    change_form_template = "admin/chat/flow/change_form.html"
    list_display = ("name", "shop", "is_on", "revision", "changed_at", "changed_by")
    list_filter = ("shop", "is_on")
    list_select_related = ("shop", "changed_by")
    ordering = ("shop__name", "name", "pk")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        by: Any = request.user
        kept = shelf.keep(obj.shop, obj.source, at=timezone.now(), by=by)
        Flow.objects.filter(pk=kept.pk).update(is_on=obj.is_on)
        obj.pk, obj.name = kept.pk, kept.name

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """A shipped flow, to be changed."""
        return {
            **super().get_changeform_initial_data(request),
            "source": shelf.shipped().get(request.GET.get("of", ""), ""),
        }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shop",) if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"shipped": list(shelf.shipped()), **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        flow = kwargs.get("obj")
        if flow is not None and flow.definition:
            context["drawn"] = diagram.drawn(Script(flow.definition))
            context["try_url"] = reverse("admin:chat_flow_try", args=[flow.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        mine = [path("<int:pk>/try/", self.admin_site.admin_view(self.try_out), name="chat_flow_try")]
        return mine + super().get_urls()

    def try_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Talk to the flow as it is written now; nothing is kept and nobody is asked."""
        flow = self.get_queryset(request).filter(pk=pk).first()
        if flow is None or not self.has_view_permission(request, flow):
            raise PermissionDenied
        said = [line.strip() for line in request.POST.getlist("said") if line.strip()]
        lines = rehearsal.rehearse(
            Script(flow.definition), said, shop_id=flow.shop_id, language=flow.shop.language, at=timezone.now()
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Try out %(name)s") % {"name": flow.name},
            "flow": flow,
            "said": said,
            "lines": lines,
            "has_ended": bool(lines) and len(said) > 0 and lines[-1].text == _("The flow has ended."),
        }
        return TemplateResponse(request, "admin/chat/flow/try.html", context)


class WebhookForm(forms.ModelForm):  # type: ignore[type-arg]
    """The secret goes in and never comes out again."""

    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "Requests are signed with it. Kept sealed, and not shown again; empty keeps the one there is."
        ),
    )

    class Meta:
        model = Webhook
        fields = ["shop", "name", "address", "seconds", "secret"]

    def save(self, commit: bool = True) -> Any:
        if said := self.cleaned_data["secret"]:
            self.instance.sealed = sealing.seal(said)
        return super().save(commit)


@admin.register(Webhook)
class WebhookAdmin(OwnShopAdmin):
    form = WebhookForm
    list_display = ("name", "shop", "address", "seconds")
    list_filter = ("shop",)
    list_select_related = ("shop",)
    ordering = ("shop__name", "name", "pk")
