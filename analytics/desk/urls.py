from django.urls import path

from analytics.desk import views

app_name = "desk"

urlpatterns = [
    path("team/", views.team, name="team"),
    path("team/here/", views.here, name="here"),
]
