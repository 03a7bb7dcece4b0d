from django.urls import path

from chat.consumers import ShopperConsumer
from chat.listening import InboxConsumer
from chat.staff import StaffConsumer

websocket_urlpatterns = [
    path("ws/chat/", ShopperConsumer.as_asgi()),
    path("ws/chat/<uuid:public_id>/", ShopperConsumer.as_asgi()),
    path("ws/inbox/", InboxConsumer.as_asgi()),
    path("ws/inbox/<uuid:public_id>/", StaffConsumer.as_asgi()),
]
