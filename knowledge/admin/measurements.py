"""How good search and answers are: the last measurements, whether confidence holds what it says, and how it went."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import ReadOnly
from accounts.models import Shop
from knowledge import confidence
from knowledge.admin import drawing
from knowledge.admin.own import DeskAdmin
from knowledge.models import Measurement

SHOWN = 30
BASES = {
    "meaning": gettext_lazy("where the model knows the language"),
    "mixed": gettext_lazy("where it does not"),
    "words": gettext_lazy("where only words could be compared"),
}
SHARES = {
    "answered": gettext_lazy("of what can be answered is answered"),
    "right": gettext_lazy("of these answers rest on a right article"),
    "answered_in_vain": gettext_lazy("of what cannot be answered is answered all the same"),
}
ANSWERED = (*SHARES, "calibration_error")
SEARCHED = ("hit@1", "hit@5", "hit@10", "mrr@10", "recall@10")


@admin.register(Measurement)
class MeasurementAdmin(ReadOnly, DeskAdmin):
    """Measured by commands (evaluate_answers, evaluate_retrieval); here it is looked at."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        shops = list(Shop.objects.filter(pk__in=self.shops_of(request)).order_by("name", "pk"))
        wanted = request.GET.get("shop", "")
        shop = next((each for each in shops if str(each.pk) == wanted), shops[0] if shops else None)
        return self._shown(request, shop, shops=shops)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        chosen = self.get_object(request, object_id or "")
        if chosen is None:
            return self.not_there(request, object_id or "")
        return self._shown(request, chosen.shop, chosen=chosen)

    def _shown(
        self,
        request: HttpRequest,
        shop: Shop | None,
        *,
        shops: Iterable[Shop] = (),
        chosen: Measurement | None = None,
    ) -> TemplateResponse:
        kept = Measurement.objects.filter(shop=shop).order_by("-at", "-pk")
        now = chosen if chosen and chosen.kind == "answers" else kept.filter(kind="answers").first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Measurements"),
            "of": shop,
            "shops": shops,
            "now": now,
            "shares": [(words, _percent(now.figures.get(name))) for name, words in SHARES.items()] if now else [],
            "curve": drawing.reliability(now.figures.get("reliability", [])) if now else None,
            "floors": [(BASES[basis], floor) for basis, floor in confidence.floors().items()],
            "answers": [_row(each, ANSWERED) for each in kept.filter(kind="answers")[:SHOWN]],
            "searches": [_row(each, SEARCHED) for each in kept.filter(kind="retrieval")[:SHOWN]],
        }
        return TemplateResponse(request, "admin/knowledge/measurement/measurements.html", context)


def _row(measured: Measurement, names: Sequence[str]) -> dict[str, Any]:
    told = measured.figures
    return {"measured": measured, "n": told.get("n"), "values": [told.get(name) for name in names]}


def _percent(share: float | None) -> str:
    return _("%(number)s %%") % {"number": number_format(100 * share, 1)} if share is not None else "?"
