from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language as keep_language

from accounts import people
from accounts.models import Order

# No token is asked for: the form stands on every page, a token would put a cookie on a visitor who has done nothing
# yet, and all a forged post could do is change the language she reads.
set_language = csrf_exempt(keep_language)


def home(request: HttpRequest) -> HttpResponse:
    """The front page: where to ask, where to read, and her newest order if she is signed in."""
    order = None
    if request.user.is_authenticated:
        order = Order.objects.filter(shop=people.shop_for(request), customer__user=request.user).newest_first().first()
    return render(request, "home.html", {"order": order})
