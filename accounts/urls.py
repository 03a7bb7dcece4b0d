from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("profile/", views.profile, name="profile"),
    path("orders/", views.orders, name="orders"),
    path("orders/<str:number>/", views.order, name="order"),
    path("consent/", views.consent_page, name="consent"),
    path("consent/ask/", views.consent_ask, name="consent_ask"),
    path("first/<str:token>/", views.first_admin, name="first_admin"),
]
