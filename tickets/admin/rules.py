"""Rules as sentences: when, if, then. What is asked is chosen from a list; nobody writes a formula."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.own import OwnInline, OwnShopAdmin, ReadOnly, own_shops
from tickets import automation, conditions
from tickets.admin.work import WHAT_IS_DONE
from tickets.models import Rule, RuleCondition, RuleRun
from tickets.models.rule import When


class ConditionForm(forms.ModelForm):  # type: ignore[type-arg]
    test = forms.ChoiceField(label=_("what"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        test, value = cleaned.get("test", ""), (cleaned.get("value") or "").strip()
        if test in conditions.HOURS:
            try:
                if not 0 < float(value) < 100_000:
                    raise ValueError
            except ValueError:
                self.add_error("value", _("Write a number of hours, such as 24."))
        elif (test in conditions.WORDS or test.startswith("field-")) and not value:
            self.add_error("value", _("Write down which words."))
        return cleaned


class ConditionSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        """A rule of time says how much time."""
        super().clean()
        kept = [one.cleaned_data for one in self.forms if one.is_valid() and not one.cleaned_data.get("DELETE")]
        timed = [
            one
            for one in kept
            if one.get("test") in conditions.HOURS and one.get("must") == "all" and not one.get("is_not")
        ]
        if self.instance.when == When.TIME and not timed:
            raise forms.ValidationError(_("Say how many hours must have gone by, among the conditions that all hold."))


class ConditionInline(OwnInline):
    model = RuleCondition
    form = ConditionForm
    formset = ConditionSet
    fields = ("must", "is_not", "test", "value")
    extra = 2

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """What can be asked in this shop; before a rule is kept, in all of one's own."""
        made = super().get_formset(request, obj, **kwargs)
        shops = [obj.shop] if obj else list(own_shops(request.user).order_by("name", "pk"))
        groups: list[Any] = [("", "---------")]
        for shop in shops:
            named = [
                (f"{shop.name}: {name}" if len(shops) > 1 else name, some) for name, some in conditions.choices(shop)
            ]
            groups += [one for one in named if one not in groups]
        field = made.form.base_fields["test"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = groups
        return made


@admin.register(Rule)
class RuleAdmin(OwnShopAdmin):
    """A rule that asks for something that is gone is switched off by itself, and says why in what it did."""

    list_display = ("name", "when", "is_on", "position", "wrong", "shop")
    list_filter = ("is_on", "when", "shop")
    list_select_related = ("shop",)
    search_fields = ("name",)
    ordering = ("shop__name", "position", "pk")
    inlines = (ConditionInline,)
    change_form_template = "admin/tickets/rule/change_form.html"
    fieldsets = (
        (None, {"fields": ("shop", "name", "is_on", "position")}),
        (_("When"), {"fields": ("when",)}),
        (WHAT_IS_DONE[0][0], {"fields": ("reply", "note", "speaker")}),
        WHAT_IS_DONE[1],
        (WHAT_IS_DONE[2][0], {"fields": ("assignee", "team")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("shop",) if obj else ()

    @admin.display(description=_("what is wrong"))
    def wrong(self, rule: Rule) -> str:
        return conditions.trouble(rule) or "-"

    def get_urls(self) -> list[Any]:
        page = path("<int:pk>/dry-run/", self.admin_site.admin_view(self.dry_run), name="tickets_rule_dry_run")
        return [page, *super().get_urls()]

    def dry_run(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What it would have been followed for."""
        rule = self.get_queryset(request).select_related("shop").filter(pk=pk).first()
        if rule is None or not self.has_view_permission(request):
            raise Http404
        matches = automation.dry_run(rule, at=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "title": _("Dry run"),
            "opts": self.model._meta,
            "original": rule,
            "matches": matches[-200:],
            "number": len(matches),
            "is_timed": rule.when == When.TIME,
            "trouble": conditions.trouble(rule),
        }
        return TemplateResponse(request, "admin/tickets/rule/dry_run.html", context)


@admin.register(RuleRun)
class RuleRunAdmin(ReadOnly, OwnShopAdmin):
    shop_path = "ticket__shop"
    list_display = ("at", "name", "ticket", "outcome", "why")
    list_filter = ("outcome",)
    list_select_related = ("ticket",)
    search_fields = ("name", "=ticket__number")
    ordering = ("-pk",)
