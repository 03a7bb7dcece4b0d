from django.urls import path

from tickets import views

app_name = "tickets"

urlpatterns = [
    path("", views.tickets, name="tickets"),
    path("for/<uuid:public_id>/", views.new, name="new"),
    path("<uuid:public_id>/", views.ticket, name="ticket"),
    path("<uuid:public_id>/edit/", views.edit, name="edit"),
    path("<uuid:public_id>/act/", views.act, name="act"),
]
