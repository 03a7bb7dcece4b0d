import os
from urllib.parse import ParseResult

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from chat.routing import websocket_urlpatterns  # noqa: E402  (needs the apps loaded)
from knowledge import embeddings  # noqa: E402

embeddings.warm()


class OwnPagesOnly(OriginValidator):
    """Browsers always say which page a socket is for; a program says nothing and brings its own key."""

    def valid_origin(self, parsed_origin: ParseResult | None) -> bool:
        return parsed_origin is None or bool(super().valid_origin(parsed_origin))  # type: ignore[no-untyped-call]


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": OwnPagesOnly(  # type: ignore[no-untyped-call]
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns)), settings.ALLOWED_HOSTS
        ),
    }
)
