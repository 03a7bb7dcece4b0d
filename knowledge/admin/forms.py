"""What an editor fills in; each form names all that can be said with it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.db.models import QuerySet
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Shop
from knowledge import articles
from knowledge.editing import Then
from knowledge.models import Article, Audience, Category

WIDE = {"class": "vTextField"}
LONGEST_QUESTION = 1000


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


class ManyForm(forms.Form):
    """What is to be changed on all chosen articles; what is left empty stays."""

    audience = forms.TypedChoiceField(
        label=gettext_lazy("Who may read them"),
        choices=[("", gettext_lazy("as it is")), *Audience.choices],
        coerce=int,
        required=False,
    )
    category = forms.ModelChoiceField(
        Category.objects.none(), label=gettext_lazy("Category"), required=False, empty_label=gettext_lazy("as it is")
    )
    add = forms.CharField(
        label=gettext_lazy("Add tags"), help_text=gettext_lazy("Separated by commas."), required=False
    )
    remove = forms.CharField(label=gettext_lazy("Take tags away"), required=False)
    review_by = forms.DateField(
        label=gettext_lazy("Review by"), widget=forms.DateInput({"type": "date"}), required=False
    )

    def __init__(self, *args: Any, categories: QuerySet[Category]) -> None:
        super().__init__(*args)
        self.fields["category"].queryset = categories  # type: ignore[attr-defined]

    def place(self) -> dict[str, Any]:
        told = self.cleaned_data
        named = {name: told[name] for name in ("audience", "category", "review_by") if told[name] not in ("", None)}
        return named | {name: names_in(told[name]) for name in ("add", "remove")}


class AskForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Question"), max_length=LONGEST_QUESTION, widget=forms.TextInput(WIDE))
    audience = forms.TypedChoiceField(label=gettext_lazy("Asked by"), choices=Audience.choices, coerce=int)


class AskShopForm(AskForm):
    shop = forms.ModelChoiceField(Shop.objects.none(), label=gettext_lazy("Shop"), empty_label=None)

    def __init__(self, *args: Any, shops: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shop: Any = self.fields["shop"]
        shop.queryset = shops


class LanguageForm(forms.Form):
    """A language an article is not told in yet."""

    language = forms.ChoiceField(label=gettext_lazy("Another language"))

    def __init__(self, *args: Any, taken: set[str]) -> None:
        super().__init__(*args)
        language: Any = self.fields["language"]
        language.choices = [(code, name) for code, name in languages() if code not in taken]


def languages() -> list[tuple[str, str]]:
    """Every language by its own name, those of the product first."""
    ours = [code for code, _name in settings.LANGUAGES]
    codes = [*ours, *sorted(code for code in LANG_INFO if code not in ours and "name" in LANG_INFO[code])]
    return [(code, f"{get_language_info(code)['name_local']} ({code})") for code in codes]


def names_in(text: str) -> list[str]:
    """The names in a line of names with commas."""
    return [name for part in text.split(",") if (name := " ".join(part.split()))]
