from django.urls import path

from tickets import mine

app_name = "my_tickets"

urlpatterns = [
    path("", mine.all_of_them, name="tickets"),
    path("new/", mine.new, name="new"),
    path("<int:ticket>/", mine.one, name="ticket"),
    path("<int:ticket>/act/", mine.act, name="act"),
]
