from django.urls import path

from tickets import listing, views

app_name = "tickets"

urlpatterns = [
    path("", listing.tickets, name="tickets"),
    path("search/", listing.search, name="search"),
    path("many/", listing.chosen, name="many"),
    path("views/", listing.keep, name="keep_view"),
    path("views/<int:pk>/drop/", listing.drop, name="drop_view"),
    path("for/<uuid:public_id>/", views.new, name="new"),
    path("<uuid:public_id>/", views.ticket, name="ticket"),
    path("<uuid:public_id>/edit/", views.edit, name="edit"),
    path("<uuid:public_id>/act/", views.act, name="act"),
    path("<uuid:public_id>/draft/", views.draft, name="draft"),
    path("<uuid:public_id>/split/", views.split, name="split"),
]
