from django.urls import path

from chat import customers, embedding, inbox, joining, order_cards, views
from chat.desk import views as desk

app_name = "chat"

urlpatterns = [
    path("chat/", views.home, name="home"),
    path("chat/pane/", views.pane, name="pane"),
    path("chat/new/", views.new, name="new"),
    path("chat/files/<uuid:public_id>/", views.file, name="file"),
    path("chat/<uuid:public_id>/", views.talk, name="talk"),
    path("chat/<uuid:public_id>/earlier/", views.earlier, name="earlier"),
    path("chat/<uuid:public_id>/since/", views.since, name="since"),
    path("chat/<uuid:public_id>/send/", views.send, name="send"),
    path("chat/<uuid:public_id>/read/", views.read, name="read"),
    path("chat/<uuid:public_id>/person/", views.person, name="person"),
    path("chat/<uuid:public_id>/files/", views.upload, name="upload"),
    path("chat/<uuid:public_id>/rate/", views.rate, name="rate"),
    path("chat/<uuid:public_id>/transcript/", views.transcript, name="transcript"),
    path("chat/messages/<uuid:public_id>/verdict/", views.verdict, name="verdict"),
    path("widget.js", embedding.script, name="widget_script"),
    path("widget/<slug:shop>/", embedding.frame, name="widget"),
    path("widget/<slug:shop>/session/", embedding.session, name="widget_session"),
    path("widget/<slug:shop>/consent/", embedding.consent_face, name="widget_consent"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bot/<slug:slug>/", inbox.bot, name="bot"),
    path("inbox/<uuid:public_id>/", inbox.thread, name="thread"),
    path("inbox/<uuid:public_id>/earlier/", inbox.earlier, name="staff_earlier"),
    path("inbox/<uuid:public_id>/since/", inbox.since, name="staff_since"),
    path("inbox/<uuid:public_id>/send/", inbox.send, name="staff_send"),
    path("inbox/<uuid:public_id>/read/", inbox.read, name="staff_read"),
    path("inbox/<uuid:public_id>/files/", inbox.upload, name="staff_upload"),
    path("inbox/<uuid:public_id>/hands/", inbox.hands, name="hands"),
    path("inbox/<uuid:public_id>/suggestion/", desk.suggestion, name="suggestion"),
    path("inbox/<uuid:public_id>/replies/", desk.replies, name="saved_replies"),
    path("inbox/<uuid:public_id>/draft/", desk.draft, name="draft"),
    path("inbox/<uuid:public_id>/orders/", order_cards.beside, name="staff_orders"),
    path("inbox/<uuid:public_id>/orders/<int:order>/<slug:action>/", order_cards.do, name="staff_order_do"),
    path("customers/", customers.customers, name="customers"),
    path("customers/<uuid:public_id>/", customers.customer, name="customer"),
    path("customers/<uuid:public_id>/notes/", customers.note, name="customer_note"),
    path("customers/<uuid:public_id>/tags/", customers.tag, name="customer_tag"),
    path("customers/<uuid:public_id>/join/", joining.choose, name="customer_join"),
    path("customers/<uuid:public_id>/join/<uuid:other>/", joining.join, name="customer_join_with"),
    path("customers/<uuid:public_id>/part/<int:merge>/", joining.part, name="customer_part"),
]
