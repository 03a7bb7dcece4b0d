"""One article on the desk: its words, where it belongs, and what becomes of it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.admin import own_shops, runs_a_shop
from accounts.models import Shop
from knowledge import articles, differences, editing, markdown, pages
from knowledge.admin.own import editor_of
from knowledge.editing import Then
from knowledge.models import Article, Audience, Category, Revision, Status, Tag

WIDE = {"class": "vTextField"}
MOST_SUGGESTED = 12


class ShopTime(forms.DateTimeField):
    """A time on the clock of the shop."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    zone = ZoneInfo("UTC")

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(self.zone).replace(tzinfo=None) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> datetime | None:
        told: datetime | None = super().to_python(value)
        return told.replace(tzinfo=self.zone) if told else None


class SheetForm(forms.Form):
    """What an editor may say about an article; nothing else of it can be changed here."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=500, widget=forms.TextInput(WIDE))
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=articles.LONGEST_BODY,
        strip=False,
        required=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "true"}),
        help_text=gettext_lazy("Markdown: ## heading, **bold**, - list, [words](address)."),
    )
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The end of its link; made from the title if left empty."),
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("none")
    )
    tags = forms.CharField(label=gettext_lazy("Tags"), required=False, help_text=gettext_lazy("Separated by commas."))
    audience = forms.TypedChoiceField(
        label=gettext_lazy("Who may read it"), choices=Audience.choices, coerce=int, initial=Audience.PUBLIC
    )
    review_by = forms.DateField(
        label=gettext_lazy("Review by"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("From this day on it is listed as one to look at again."),
    )
    publish_at = ShopTime(label=gettext_lazy("Publish at"), required=False)
    then = forms.ChoiceField(choices=Then.choices, initial=Then.KEEP, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shops: Iterable[Shop], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shops = list(shops)
        zone: Any = self.fields["publish_at"]
        zone.zone = ZoneInfo(self.shops[0].time_zone)
        zone.help_text = _("Time in %(zone)s.") % {"zone": self.shops[0].time_zone.replace("_", " ")}
        category: Any = self.fields["category"]
        category.queryset = Category.objects.filter(shop__in=self.shops).order_by("position", "name", "pk")
        if len(self.shops) > 1:
            category.queryset = category.queryset.select_related("shop")
            category.label_from_instance = lambda shelf: f"{shelf.shop}: {shelf}"

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        told["then"] = Then(told.get("then") or Then.KEEP)
        return told

    def words(self) -> dict[str, Any]:
        told = self.cleaned_data
        return {name: told[name] for name in ("title", "body", "then", "publish_at")}

    def place(self) -> dict[str, Any]:
        """Where it belongs, as far as this editor has changed it: what a colleague changed meanwhile stays."""
        told = self.cleaned_data | {"tags": names_in(self.cleaned_data["tags"])}
        return {name: told[name] for name in PLACE if name in self.changed_data}


PLACE = ("slug", "category", "tags", "audience", "review_by")


class NewForm(SheetForm):
    """An article that is not there yet also needs a shop and a language."""

    shop = forms.ModelChoiceField(Shop.objects.none(), label=gettext_lazy("Shop"), empty_label=None)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    external_id = forms.CharField(
        label=gettext_lazy("Id in the source"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What imports and programs call it; made from the title if left empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shop: Any = self.fields["shop"]
        shop.queryset = Shop.objects.filter(pk__in=[shop.pk for shop in self.shops]).order_by("name", "pk")
        shop.initial = self.shops[0]
        language: Any = self.fields["language"]
        language.choices, language.initial = languages(), self.shops[0].language


class ChangeForm(SheetForm):
    """An article that is there: the words she began from tell whether a colleague was faster."""

    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        latest = article.latest
        super().__init__(
            *args,
            shops=[article.shop],
            initial={
                "title": latest.title if latest else "",
                "body": latest.body if latest else "",
                "based_on": latest.number if latest else 0,
                "slug": article.slug,
                "category": article.category_id,
                "tags": ", ".join(article.tags.order_by("name").values_list("name", flat=True)),
                "audience": article.audience,
                "review_by": article.review_by,
                "publish_at": article.publish_at,
            },
            **kwargs,
        )
        for name in PLACE:
            self.fields[name].show_hidden_initial = True


def open_sheet(desk: Any, request: HttpRequest, object_id: str | None) -> Any:
    """The page of a new article or of one that is there."""
    if object_id is None:
        return _new(desk, request)
    article = desk.get_object(request, object_id)
    if article is None:
        return desk.not_there(request, object_id)
    may_change = desk.has_change_permission(request, article)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    form = ChangeForm(*_posted(request), article=article)
    conflict = None
    if form.is_bound and form.is_valid():
        based_on = form.cleaned_data["based_on"]
        try:
            editing.keep(
                article, based_on=based_on, by=editor_of(request), at=timezone.now(), **form.words(), **form.place()
            )
        except editing.WrittenMeanwhile:
            conflict = _conflict(article, form)
        except articles.ArticleError as why:
            form.add_error(None, str(why))
        else:
            _say(request, desk, article.pk, form.cleaned_data["then"])
            return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))
    return _page(desk, request, form, article=article, conflict=conflict, may_change=may_change)


def _new(desk: Any, request: HttpRequest) -> Any:
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = NewForm(*_posted(request), shops=own_shops(request.user).order_by("name", "pk"))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        named = {name: told[name] for name in ("language", "external_id")}
        try:
            article = editing.begin(
                told["shop"], by=editor_of(request), at=timezone.now(), **named, **form.words(), **form.place()
            )
        except articles.ArticleError as why:
            form.add_error(None, str(why))
        else:
            _say(request, desk, article.pk, told["then"])
            return HttpResponseRedirect(reverse("admin:knowledge_article_change", args=[article.pk]))
    return _page(desk, request, form)


def _posted(request: HttpRequest) -> list[Any]:
    return [request.POST] if request.method == "POST" else []


def _page(
    desk: Any,
    request: HttpRequest,
    form: SheetForm,
    *,
    article: Article | None = None,
    conflict: dict[str, Any] | None = None,
    may_change: bool = True,
) -> TemplateResponse:
    context = {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "title": article.title if article else _("New article"),
        "form": form,
        "article": article,
        "told_in": article.language if article else form["language"].value(),
        "conflict": conflict,
        "may_change": may_change,
        "suggested": _suggested(form.shops),
        "longest": articles.LONGEST_BODY,
    }
    if article:
        context |= about(article)
    status = 422 if conflict or form.errors else 200
    return TemplateResponse(request, "admin/knowledge/article/sheet.html", context, status=status)


def about(article: Article) -> dict[str, Any]:
    """What the desk tells of an article beside its words."""
    newest = article.latest
    votes = article.votes.aggregate(yes=Count("pk", Q(helped=True)), all=Count("pk"))
    return {
        "newest": newest,
        "states": states(article, newest=newest.pk if newest else None),
        "votes": votes,
        "revisions": newest.number if newest else 0,
        "versions": versions(article),
    }


def versions(article: Article) -> QuerySet[Article]:
    """An article and what tells the same in other languages, the original first."""
    original = article.translation_of_id or article.pk
    told = Article.objects.filter(Q(pk=original) | Q(translation_of=original), shop=article.shop_id)
    return told.select_related("translation_of", "published_revision", "source_revision").order_by(
        "translation_of_id", "language", "pk"
    )


def states(article: Article, *, newest: int | None) -> list[tuple[str, str]]:
    """The stamps of an article: what it is, and what still has to happen."""
    kinds = {Status.PUBLISHED: "good", Status.DRAFT: "draft", Status.ARCHIVED: "closed"}
    said = [(kinds[Status(article.status)], article.get_status_display())]
    if article.status == Status.PUBLISHED and newest != article.published_revision_id:
        said.append(("warn", _("changes waiting")))
    if article.publish_at:
        at = timezone.localtime(article.publish_at, ZoneInfo(article.shop.time_zone))
        said.append(("waiting", _("on %(when)s") % {"when": date_format(at, "SHORT_DATETIME_FORMAT")}))
    return said


def _conflict(article: Article, form: ChangeForm) -> dict[str, Any]:
    """What a colleague wrote meanwhile, beside what this editor hands in; her next try builds on the newest words."""
    theirs, hers = article.latest, form.cleaned_data
    base = article.revisions.filter(number=hers["based_on"]).first()
    assert theirs is not None
    data: Any = form.data.copy()  # type: ignore[attr-defined]
    data["based_on"] = str(theirs.number)
    form.data = data
    said = (articles.clean(hers["title"]), articles.clean(hers["body"]))
    return {
        "theirs": theirs,
        "they_changed": differences.between(words_of(base), words_of(theirs)),
        "you_would": differences.between(words_of(theirs), "\n\n".join(said)),
    }


def words_of(revision: Revision | None) -> str:
    return f"{revision.title}\n\n{revision.body}" if revision else ""


def _say(request: HttpRequest, desk: Any, pk: int, then: Then) -> None:
    said = {
        Then.KEEP: _("Your words are kept."),
        Then.PUBLISH: _("Published."),
        Then.SCHEDULE: _("Your words are kept and will be published in time."),
        Then.HOLD: _("It will no longer be published by itself."),
        Then.UNPUBLISH: _("Taken back to draft: nobody but your team finds it now."),
        Then.ARCHIVE: _("Archived: nobody but your team finds it now."),
    }
    messages.success(request, said[then])


def _suggested(shops: list[Shop]) -> list[str]:
    """The tags in use most, to be added with one press."""
    tags = Tag.objects.filter(shop__in=shops).annotate(held=Count("articles")).order_by("-held", "name", "pk")
    return list(dict.fromkeys(tags.values_list("name", flat=True)[: 2 * MOST_SUGGESTED]))[:MOST_SUGGESTED]


def languages() -> list[tuple[str, str]]:
    """Every language by its own name, those of the product first."""
    ours = [code for code, _name in settings.LANGUAGES]
    codes = [*ours, *sorted(code for code in LANG_INFO if code not in ours and "name" in LANG_INFO[code])]
    return [(code, f"{get_language_info(code)['name_local']} ({code})") for code in codes]


def names_in(text: str) -> list[str]:
    """The names in a line of names with commas."""
    return [name for part in text.split(",") if (name := " ".join(part.split()))]


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The words as they would be read, made by the same hand as the page."""
    if not runs_a_shop(request):
        raise PermissionDenied
    body = articles.clean(request.POST.get("body", ""))[: articles.LONGEST_BODY]
    context = {
        "title": articles.clean(request.POST.get("title", "")),
        "html": pages.laid_out(markdown.render(body).html),
    }
    is_part = "HX-Request" in request.headers
    return render(request, f"admin/knowledge/article/{'_preview' if is_part else 'preview'}.html", context)
