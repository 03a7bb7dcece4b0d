"""The account pages: who I am to this shop, and what I allow. What I bought is purchases.py."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.middleware import HtmxDetails

from accounts import consent, opening, people, visitors
from accounts.forms import FirstAdminForm, ProfileForm
from accounts.limits import limited
from accounts.models import Customer, How, Order, Purpose, Shop, User
from accounts.origin import own_page_suffices

TOURS = ("shopper", "agent", "admin")


class Request(HttpRequest):
    htmx: HtmxDetails


class SignedIn(Request):
    user: User


@login_required
@require_safe
def home(request: SignedIn) -> HttpResponse:
    shop = people.shop_for(request)
    recent = Order.objects.filter(shop=shop, customer__user=request.user).newest_first()[:3]
    form = ProfileForm({"name": request.user.name, "language": request.user.language})
    return render(request, "accounts/home.html", {"shop": shop, "orders": recent, "form": form})


@login_required
@require_http_methods(["POST"])
def profile(request: SignedIn) -> HttpResponse:
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/_profile.html", {"form": form}, status=422)
    people.introduce(request.user, **form.cleaned_data)
    if request.htmx:
        return render(request, "accounts/_profile.html", {"form": form, "saved": True})
    messages.success(request, _("Saved."))
    return redirect("accounts:home")


@own_page_suffices
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def consent_page(request: Request) -> HttpResponse:
    """See and change everything, with the history. Known people only: nobody else has decided anything yet."""
    shop = people.shop_for(request)
    customer = visitors.known(request.user, request.session, shop)
    if request.method == "POST":
        customer = _decide(request, shop, how=How.PAGE)
        if not request.htmx:
            messages.success(request, _("Your choices are saved."))
            return redirect("accounts:consent")
    context = _consent_context(request, shop, customer)
    context["history"] = list(consent.history(customer)) if customer else []
    context["saved"] = request.method == "POST"
    return render(request, "accounts/_consent.html" if request.htmx else "accounts/consent.html", context)


@own_page_suffices
@never_cache
@limited("consent")
@require_http_methods(["GET", "HEAD", "POST"])
def consent_ask(request: Request) -> HttpResponse:
    """The question before the first message: a page of its own, or a fragment of the chat pane."""
    shop = people.shop_for(request)
    customer = visitors.known(request.user, request.session, shop)
    answered = request.method == "POST"
    if answered:
        customer = _decide(request, shop, how=How.CHAT)
        if not request.htmx:
            return redirect(_next(request) or "accounts:consent")
    context = _consent_context(request, shop, customer) | {"answered": answered, "next": _next(request)}
    response = render(request, "accounts/_consent_ask.html" if request.htmx else "accounts/consent_ask.html", context)
    if answered:
        response["HX-Trigger"] = "consent-answered"
    return response


@never_cache
@limited("first_admin")
@require_http_methods(["GET", "HEAD", "POST"])
def first_admin(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    if not opening.is_first_admin_token(token, at=now):
        raise Http404
    form = FirstAdminForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/first_admin.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        user = opening.welcome_first_admin(token, at=now, **form.cleaned_data)
    except opening.WrongKey:
        raise Http404 from None
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    messages.success(request, _("Your shop is open."))
    return redirect("admin:index")


def _decide(request: Request, shop: Shop, *, how: How) -> Customer:
    """Every purpose on the form is a decision: ticked is yes, not ticked is no."""
    customer = visitors.settle(request.user, request.session, shop, language=get_language() or "")
    ticked = set(request.POST.getlist("purpose"))
    choices = {str(purpose): purpose in ticked for purpose in consent.OPTIONAL} | {str(Purpose.NECESSARY): True}
    consent.decide(customer, choices, how=how, at=timezone.now(), language=get_language() or "")
    return customer


def _consent_context(request: Request, shop: Shop, customer: Customer | None) -> dict[str, object]:
    return {
        "shop": shop,
        "customer": customer,
        "choices": consent.choices_of(customer, shop, get_language() or ""),
    }


def _next(request: HttpRequest) -> str:
    there = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if safe else ""


@login_required
@require_POST
def tour_done(request: SignedIn, name: str) -> HttpResponse:
    if name not in TOURS:
        raise Http404
    people.end_tour(request.user, name)
    return HttpResponse(status=204)
