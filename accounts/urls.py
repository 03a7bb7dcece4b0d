from django.urls import path, register_converter

from accounts import purchases, views


class OrderNumber:
    """What a shop may print on an order; anything else is not there and never reaches the database."""

    regex = r"[^/\x00]{1,50}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OrderNumber, "order_number")

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("orders/", purchases.orders, name="orders"),
    path("orders/<order_number:number>/", purchases.order, name="order"),
    path("orders/<order_number:number>/asked/", purchases.asked, name="order_asked"),
    path("orders/<order_number:number>/<slug:action>/", purchases.do, name="order_do"),
    path("tour/<slug:name>/", views.tour_done, name="tour_done"),
    path("consent/", views.consent_page, name="consent"),
    path("consent/ask/", views.consent_ask, name="consent_ask"),
    path("first/<str:token>/", views.first_admin, name="first_admin"),
]
