"""Bot versions: trained beside the one that answers, looked at, held side by side, and switched by a click."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import OwnShopAdmin, ReadOnly, own_shops
from accounts.models import Shop, User
from chat import training
from chat.admin import drawing
from chat.models import BotVersion, Serving
from knowledge.admin.drawing import reliability

FIGURES = {
    "accuracy": gettext_lazy("right of all"),
    "in_scope_accuracy": gettext_lazy("right of what has an intent"),
    "out_of_scope_recall": gettext_lazy("left alone of what has none"),
    "macro_f1": gettext_lazy("F1, all intents alike"),
    "mcc": gettext_lazy("Matthews correlation"),
    "calibration_error": gettext_lazy("calibration error"),
}


class TrainForm(forms.Form):
    shop = forms.ModelChoiceField(Shop.objects.none(), label=gettext_lazy("shop"), empty_label=None)
    name = forms.CharField(label=gettext_lazy("name"), max_length=100, required=False)

    def __init__(self, *given: Any, shops: QuerySet[Shop]) -> None:
        super().__init__(*given)
        chosen = self.fields["shop"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = shops


@admin.register(BotVersion)
class BotVersionAdmin(ReadOnly, OwnShopAdmin):
    change_list_template = "admin/chat/botversion/change_list.html"
    list_display = ("name", "shop", "state", "progress", "rightly", "answers_now", "created_at")
    list_filter = ("shop", "state")
    list_select_related = ("shop",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        answers = Exists(Serving.objects.filter(version=OuterRef("pk")))
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("learned", "flows").annotate(answers_for_shop=answers)  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, version: BotVersion) -> str:
        return version.problem or f"{version.percent} %"

    @admin.display(description=gettext_lazy("right in rehearsal"))
    def rightly(self, version: BotVersion) -> float | None:
        share: float | None = version.figures.get("rehearsal", {}).get("accuracy")
        return share

    @admin.display(description=gettext_lazy("answers now"), boolean=True)
    def answers_now(self, version: Any) -> bool:
        return bool(version.answers_for_shop)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        form = TrainForm(shops=own_shops(request.user).order_by("name", "pk"))
        return super().changelist_view(request, {"train": form, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        mine = [
            path("train/", view(self.train), name="chat_botversion_train"),
            path("<int:pk>/promote/", view(self.promote), name="chat_botversion_promote"),
            path("<int:pk>/roll-back/", view(self.roll_back), name="chat_botversion_roll_back"),
        ]
        return mine + super().get_urls()

    def train(self, request: HttpRequest) -> HttpResponse:
        form = TrainForm(request.POST, shops=own_shops(request.user))
        if request.method != "POST" or not form.is_valid():
            raise PermissionDenied
        try:
            training.begin(
                form.cleaned_data["shop"], name=form.cleaned_data["name"], by=_person(request), at=timezone.now()
            )
        except (training.Unfit, training.NameTaken) as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("Training has begun; what answers now goes on answering."))
        return HttpResponseRedirect(reverse("admin:chat_botversion_changelist"))

    def promote(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self._mine(request, pk)
        try:
            training.promote(version, by=_person(request), at=timezone.now())
        except training.NotReady as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("%(version)s answers from now on.") % {"version": version})
        return HttpResponseRedirect(reverse("admin:chat_botversion_changelist"))

    def roll_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to what answered before this one."""
        version = self._mine(request, pk)
        try:
            before = training.roll_back(version.shop, by=_person(request), at=timezone.now())
        except training.NothingBefore as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("%(version)s answers again.") % {"version": before})
        return HttpResponseRedirect(reverse("admin:chat_botversion_changelist"))

    def _mine(self, request: HttpRequest, pk: int) -> BotVersion:
        found: BotVersion | None = self.get_queryset(request).filter(pk=pk).first()
        if request.method != "POST" or found is None:
            raise PermissionDenied
        return found

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if object_id is None:  # versions come from training
            raise PermissionDenied
        version = self.get_object(request, object_id)
        if version is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        others = self.get_queryset(request).filter(shop=version.shop).exclude(pk=version.pk).order_by("-pk")
        wanted = request.GET.get("beside", "")
        other = others.filter(pk=wanted).first() if wanted.isdigit() else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": version.name,
            "version": version,
            "serving": Serving.objects.filter(shop=version.shop).select_related("version", "previous").first(),
            "others": others[:20],
            "beside": other,
            "rows": _rows(version, other),
            "reports": [
                _report(kind, version.figures[kind]) for kind in ("test", "rehearsal") if kind in version.figures
            ],
        }
        return TemplateResponse(request, "admin/chat/botversion/version.html", context)


def _rows(version: BotVersion, other: BotVersion | None) -> list[dict[str, Any]]:
    """Each figure of the version, by rehearsal and on the test set, and of the other beside it."""
    return [
        {
            "words": words,
            "values": [each.figures.get(kind, {}).get(name) for each in (version, other) if each for kind in KINDS],
        }
        for name, words in FIGURES.items()
    ]


KINDS = {"rehearsal": gettext_lazy("by rehearsal"), "test": gettext_lazy("on the test set")}


def _report(kind: str, report: dict[str, Any]) -> dict[str, Any]:
    label = _("What was meant, and what it was taken for; the table beside says the same.")
    return {
        "kind": kind,
        "words": KINDS[kind],
        "n": report["n"],
        "intents": report["intents"],
        "confused": report["confused"][:20],
        "picture": drawing.confusion(report, label, _("none")),
        "curve": reliability(report["reliability"]),
    }


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
