from django.urls import path, register_converter

from knowledge import views


class Language:
    """A language as an article names its own."""

    regex = r"[a-z]{2,3}(?:-[a-z0-9]{2,6})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Slug(Language):
    """The readable part of an address, in any script."""

    regex = r"[-\w]{1,200}"


register_converter(Language, "language")
register_converter(Slug, "article_slug")

app_name = "help"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("search/answer/", views.answer, name="answer"),
    path("passages/<int:pk>/", views.passage, name="passage"),
    path("preview/<int:pk>/", views.preview, name="preview"),
    path("topics/<language:language>/", views.category, name="all"),
    path("topics/<language:language>/<slug:slug>/", views.category, name="category"),
    path("<language:language>/", views.home, name="shelves"),
    path("<language:language>/<article_slug:slug>/", views.article, name="article"),
    path("<language:language>/<article_slug:slug>/vote/", views.vote, name="vote"),
]
