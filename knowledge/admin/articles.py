"""The list of articles: found, filtered, and changed many at once."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import OwnRowsFilter
from accounts.models import Shop
from knowledge import editing, finding
from knowledge.admin import about, asking, languages, revisions, sheet
from knowledge.admin.forms import ManyForm
from knowledge.admin.own import DeskAdmin, editor_of
from knowledge.models import Article, Category, Revision, Status

NOTHING = "\N{EN DASH}"


class Desk(admin.SimpleListFilter):
    """What somebody should look at."""

    title = gettext_lazy("needs a look")
    parameter_name = "look"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("review", gettext_lazy("to be reviewed")),
            ("stale", gettext_lazy("translation is behind")),
            ("waiting", gettext_lazy("changes not yet published")),
            ("scheduled", gettext_lazy("to be published in time")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        match self.value():
            case "review":
                return queryset.filter(status=Status.PUBLISHED, review_by__lte=timezone.localdate())
            case "stale":
                return queryset.filter(pk__in=Article.objects.stale().values("pk"))
            case "waiting":
                return queryset.filter(Q(status=Status.PUBLISHED) & ~Q(newest=F("published_revision")))
            case "scheduled":
                return queryset.filter(publish_at__isnull=False)
        return queryset


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    list_display = ["heading", "state", "where", "helped", "review", "changed", "shop"]
    list_filter = [
        "shop",
        "status",
        Desk,
        "audience",
        "language",
        ("category", OwnRowsFilter),
        ("tags", OwnRowsFilter),
    ]
    list_select_related = ["shop", "category"]
    list_per_page = 50
    ordering = ["-updated_at", "-pk"]
    search_fields = ["slug"]  # opens the search field; what is found is said by knowledge.finding
    actions = ["publish", "unpublish", "archive", "change_many"]
    show_full_result_count = False

    # --- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        newest = Revision.objects.filter(article=OuterRef("pk")).order_by("-number")
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.annotate(  # type: ignore[no-any-return]
            newest=Subquery(newest.values("pk")[:1]), newest_title=Subquery(newest.values("title")[:1])
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        shops = Shop.objects.filter(pk__in=queryset.order_by().values("shop").distinct()).order_by("pk")
        found = finding.articles(queryset, search_term, shops=shops)
        return found if "o" in request.GET else found.order_by("place", "-updated_at", "-pk"), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The votes of the articles on this page, asked for at once."""
        shown = super().get_changelist_instance(request)
        rows = {article.pk: article for article in shown.result_list}
        votes = Article.objects.filter(pk__in=rows).values_list("pk").order_by("pk")
        counted = votes.annotate(yes=Count("votes", Q(votes__helped=True)), all=Count("votes"))
        for pk, yes, every in counted:
            rows[pk].helpful, rows[pk].voted = yes, every
        return shown

    def action_checkbox(self, article: Any) -> SafeString:
        """Named by the title at hand; Django's own would ask for each."""
        named = {"class": "action-select", "aria-label": _("Choose “%(title)s”") % {"title": self.heading(article)}}
        box = forms.CheckboxInput(named, check_test=lambda value: False)
        return box.render(helpers.ACTION_CHECKBOX_NAME, str(article.pk))

    @admin.display(description=gettext_lazy("title"), ordering="newest_title")
    def heading(self, article: Any) -> str:
        return Truncator(article.newest_title or article.external_id).chars(120)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, article: Any) -> SafeString:
        return _stamps(about.states(article, newest=article.newest))

    @admin.display(description=gettext_lazy("where"), ordering="category")
    def where(self, article: Any) -> str:
        readers = article.get_audience_display() if article.audience else ""
        return " \N{MIDDLE DOT} ".join(str(each) for each in (article.language, article.category, readers) if each)

    @admin.display(description=gettext_lazy("helped"))
    def helped(self, article: Any) -> str:
        if not article.voted:
            return NOTHING
        return _("%(yes)d of %(all)d") % {"yes": article.helpful, "all": article.voted}

    @admin.display(description=gettext_lazy("review by"), ordering="review_by")
    def review(self, article: Any) -> str | SafeString:
        if not article.review_by:
            return NOTHING
        day = date_format(article.review_by, "SHORT_DATE_FORMAT")
        late = article.status == Status.PUBLISHED and article.review_by <= _today()
        return _stamps([("warn", day)]) if late else day

    @admin.display(description=gettext_lazy("changed"), ordering="updated_at")
    def changed(self, article: Any) -> str:
        return date_format(timezone.localtime(article.updated_at), "SHORT_DATE_FORMAT")

    # --- many at once

    def mine(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(pk__in=self.mine_to_change(request).values("pk"))

    @admin.action(description=gettext_lazy("Publish the newest words"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self.mine(request, queryset)
        self._tell(request, editing.publish_all(chosen, by=editor_of(request), at=timezone.now()))

    @admin.action(description=gettext_lazy("Take back to draft"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self.mine(request, queryset)
        self._tell(request, editing.unpublish_all(chosen, by=editor_of(request), at=timezone.now()))

    @admin.action(description=gettext_lazy("Archive"), permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        chosen = self.mine(request, queryset)
        self._tell(request, editing.archive_all(chosen, by=editor_of(request), at=timezone.now()))

    @admin.action(
        description=gettext_lazy("Change audience, category, tags or review date\N{HORIZONTAL ELLIPSIS}"),
        permissions=["change"],
    )
    def change_many(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:
        """Asks once what is to change, then changes it."""
        chosen = self.mine(request, queryset)
        shops = chosen.order_by().values("shop").distinct()
        categories = Category.objects.filter(shop__in=shops).order_by("position", "name", "pk")
        form = ManyForm(*([request.POST] if "change" in request.POST else []), categories=categories)
        if form.is_bound and form.is_valid():
            self._tell(request, editing.put_all(chosen, **form.place()))
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change many articles"),
            "opts": self.opts,
            "form": form,
            "chosen": chosen,
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "admin/knowledge/article/many.html", context, status=status)

    def _tell(self, request: HttpRequest, outcome: editing.Outcome) -> None:
        if outcome.done:
            said = ngettext("%(number)d article was changed.", "%(number)d articles were changed.", outcome.done)
            messages.success(request, said % {"number": outcome.done})
        for article, why in outcome.refused:
            messages.warning(request, f"{article}: {why}")

    # --- one article

    def get_urls(self) -> list[URLPattern]:
        ours = [
            path("preview/", self.admin_site.admin_view(sheet.preview), name="knowledge_article_preview"),
            self.hall("ask_shop", asking.ask_shop),
            self.door("ask", asking.ask),
            self.door("languages", languages.languages),
            self.door("translate", languages.translate, writes=True),
            self.door("settle", languages.settle, writes=True),
            self.door("restore", revisions.restore, writes=True),
        ]
        return [*ours, *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        article = self.get_object(request, object_id)
        if article is None:
            return self.not_there(request, object_id)
        return revisions.revisions(self, request, article)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is archived: its words stay for those who cited them

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        return sheet.open_sheet(self, request, object_id)


def _stamps(states: list[tuple[str, Any]]) -> SafeString:
    stamps = [format_html('<span class="stamp" data-state="{}">{}</span>', kind, words) for kind, words in states]
    return SafeString(" ".join(stamps))


def _today() -> date:
    return timezone.localdate()
