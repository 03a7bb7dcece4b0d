"""What shoppers asked in vain, as a list of what is still to be written."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import ReadOnly
from knowledge import gaps
from knowledge.admin import drawing
from knowledge.admin.own import DeskAdmin, editor_of
from knowledge.models import Gap, GapQuestion

SHOWN = 100
STAMPS = {"open": "warn", "drafted": "open", "closed": "good", "dismissed": "off"}


class StateFilter(admin.SimpleListFilter):
    """Of all gaps those nobody has taken care of, unless others are asked for."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("all", gettext_lazy("All")), *((state.value, state.label) for state in Gap.Status if state != "open")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": Gap.Status.OPEN.label,
        }
        for value, words in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Gap]) -> QuerySet[Gap]:
        wanted = self.value() or Gap.Status.OPEN
        return queryset if wanted == "all" else queryset.filter(status=wanted)


@admin.register(Gap)
class GapAdmin(ReadOnly, DeskAdmin):
    """Gaps come from the talk; here somebody takes care of them."""

    list_display = ["question", "count", "trend", "last_asked", "state", "next_step", "shop"]
    list_display_links = None
    list_filter = ["shop", StateFilter, "language"]
    list_select_related = ["shop", "article"]
    search_fields = ["questions__text"]
    ordering = ["-count", "-last_at", "pk"]
    actions = ["dismiss", "reopen"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        first = GapQuestion.objects.filter(gap=OuterRef("pk")).order_by("pk")
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(first=Subquery(first.values("text")[:1]))  # type: ignore[no-any-return]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """What a page of gaps shows beside the rows, asked for at once."""
        shown = super().get_changelist_instance(request)
        rows = list(shown.result_list)
        weekly, said = gaps.weekly(rows, at=timezone.now()), gaps.examples(rows)
        mine = set(self.mine_to_change(request).filter(pk__in=[gap.pk for gap in rows]).values_list("pk", flat=True))
        for gap in rows:
            gap.weekly, gap.said, gap.is_mine = weekly[gap.pk], said[gap.pk], gap.pk in mine
        shown.result_list = rows
        return shown

    # --- the list

    @admin.display(description=gettext_lazy("question"))
    def question(self, gap: Any) -> SafeString:
        return _drawn("_question", gap)

    @admin.display(description=gettext_lazy("weeks"))
    def trend(self, gap: Any) -> SafeString:
        return drawing.bars(gap.weekly, told_weekly(gap.weekly))

    @admin.display(description=gettext_lazy("last asked"), ordering="last_at")
    def last_asked(self, gap: Any) -> Any:
        return timezone.localtime(gap.last_at).date()

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, gap: Any) -> SafeString:
        return _drawn("_state", gap)

    @admin.display(description=gettext_lazy("next"))
    def next_step(self, gap: Any) -> SafeString:
        return _drawn("_buttons", gap)

    # --- verbs

    def _chosen(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Gap]:
        return list(queryset.filter(pk__in=self.mine_to_change(request).values("pk")))

    def has_tend_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    @admin.action(description=gettext_lazy("Not ours to answer"), permissions=["tend"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self._chosen(request, queryset)
        gaps.dismiss(*chosen)
        _tell(request, len(chosen))

    @admin.action(description=gettext_lazy("Put back on the list"), permissions=["tend"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self._chosen(request, queryset)
        gaps.reopen(*chosen)
        _tell(request, len(chosen))

    # --- one gap

    def get_urls(self) -> list[URLPattern]:
        ours = [self.door(name, view, writes=True) for name, view in VERBS.items()]
        return [*ours, *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        gap = self.get_object(request, object_id or "")
        if gap is None:
            return self.not_there(request, object_id or "")
        weekly = gaps.weekly([gap], at=timezone.now())[gap.pk]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": Truncator(gap.first or _("A question")).chars(120),
            "gap": gap,
            "stamp": STAMPS[gap.status],
            "trend": drawing.bars(weekly, told_weekly(weekly)),
            "weekly": told_weekly(weekly),
            "asked": gap.questions.order_by("-at", "-pk")[:SHOWN],
            "is_mine": self.may_write(request, gap),
        }
        return TemplateResponse(request, "admin/knowledge/gap/gap.html", context)


def draft(desk: Any, request: HttpRequest, gap: Gap) -> HttpResponseRedirect:
    """One press begins the article that would have answered."""
    try:
        article = gaps.draft(gap, by=editor_of(request), at=timezone.now())
    except gaps.AlreadyDrafted as why:
        messages.warning(request, str(why))
        return _back()
    messages.success(request, _("A draft is begun. What shoppers asked stands in it as a note nobody else sees."))
    return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))


def dismiss(desk: Any, request: HttpRequest, gap: Gap) -> HttpResponseRedirect:
    """This is not for the shop to answer."""
    gaps.dismiss(gap)
    _tell(request, 1)
    return _back()


def reopen(desk: Any, request: HttpRequest, gap: Gap) -> HttpResponseRedirect:
    """It is, after all."""
    gaps.reopen(gap)
    _tell(request, 1)
    return _back()


VERBS = {"draft": draft, "dismiss": dismiss, "reopen": reopen}


def told_weekly(counts: list[int]) -> str:
    """A trend in words: this week beside the one before."""
    now, before = counts[-1], counts[-2]
    return _("this week %(now)d, the week before %(before)d") % {"now": now, "before": before}


def _drawn(part: str, gap: Any) -> SafeString:
    return render_to_string(f"admin/knowledge/gap/{part}.html", {"gap": gap, "stamp": STAMPS[gap.status]})


def _tell(request: HttpRequest, number: int) -> None:
    said = ngettext("%(number)d question was moved.", "%(number)d questions were moved.", number)
    messages.success(request, said % {"number": number})


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:knowledge_gap_changelist"))
