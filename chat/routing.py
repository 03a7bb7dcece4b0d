from channels.routing import URLRouter

websocket_urlpatterns: list[URLRouter] = []
