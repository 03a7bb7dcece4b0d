from django.contrib import admin
from django.urls import include, path

from accounts import limits
from config import administration, health, style, views
from knowledge import feeds, gallery

urlpatterns = [
    path("", views.home, name="home"),
    path("style/", style.style, name="style"),
    path("language/", views.set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("admin/", admin.site.admin_view(administration.home)),  # in the place of Django's own index
    path("admin/", admin.site.urls),
    path("account/tickets/", include("tickets.my_urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("help/pictures/<uuid:public_id>/", gallery.picture, name="picture"),
    path("help/", include("knowledge.urls")),
    path("", include("analytics.desk.urls")),
    path("tickets/", include("tickets.urls")),
    path("", include("chat.urls")),
]

handler429 = limits.refuse  # where allauth refuses, too
