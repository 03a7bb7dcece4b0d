"""Who may pass which door: a line for every URL and every socket of ours. A door without a line fails the suite.

`own` names the thing of Maria's that the URL points at (see `world` in test_strangers.py). People who may not see it
get 404, the same as for a thing that is not there; `signed_out` is what somebody gets who has not signed in.
"""

from dataclasses import dataclass, field

LOGIN = "login"  # sent to the sign-in page
SHOPPERS = {"maria", "omar"}
TEAM = {"anna", "boss"}  # of Maria's shop
OTHER = {"stranger"}  # runs another shop
SIGNED_IN = SHOPPERS | TEAM | OTHER
EVERYBODY = SIGNED_IN | {"visitor"}


@dataclass(frozen=True)
class Door:
    may: set[str]  # who gets `answer`
    answer: int = 200
    own: str = ""
    signed_out: int | str = 404
    method: str = "GET"
    data: dict = field(default_factory=dict)
    but: dict = field(default_factory=dict)  # what some of them get instead of `answer`

    def expected(self, who):
        if who in self.may:
            return self.but.get(who, self.answer)
        return self.signed_out if who == "visitor" else 404


def talk(answer=200, method="GET", **data):
    """A page of Maria's conversation: hers alone, whoever she is to the team."""
    return Door({"maria"}, answer, own="conversation", method=method, data=data)


def thread(answer=200, method="GET", **data):
    """The same conversation as the team of her shop sees it."""
    return Door(TEAM, answer, own="conversation", signed_out=LOGIN, method=method, data=data)


def about(answer=200, method="GET", **data):
    """What the team of her shop keeps about Maria: not for her own eyes either."""
    return Door(TEAM, answer, own="customer", signed_out=LOGIN, method=method, data=data)


def work(answer=200, method="GET", **data):
    """Maria's ticket as the team of her shop works on it."""
    return Door(TEAM, answer, own="ticket", signed_out=LOGIN, method=method, data=data)


DOORS = {
    "": Door(EVERYBODY),
    "healthz": Door(EVERYBODY, 503),  # no worker in the tests
    "style/": Door({"boss", "stranger"}),  # a page for those who build and run shops
    "language/": Door(EVERYBODY, 302, method="POST", data={"language": "de"}),
    "account/": Door(SIGNED_IN, signed_out=LOGIN),
    "account/profile/": Door(SIGNED_IN, 302, signed_out=LOGIN, method="POST", data={"name": "M", "language": "en"}),
    "account/orders/": Door(SIGNED_IN, signed_out=LOGIN),
    "account/orders/<order_number:number>/": Door({"maria"} | TEAM, own="order", signed_out=LOGIN),
    "account/orders/<order_number:number>/asked/": Door({"maria"} | TEAM, own="order", signed_out=LOGIN),
    "account/orders/<order_number:number>/<slug:action>/": Door({"maria"} | TEAM, own="wish", signed_out=LOGIN),
    "account/tour/<slug:name>/": Door(SIGNED_IN, 204, own="tour", signed_out=LOGIN, method="POST"),
    "account/tickets/": Door(SIGNED_IN, signed_out=LOGIN),
    "account/tickets/new/": Door(SIGNED_IN, signed_out=LOGIN),
    "account/tickets/<int:ticket>/": Door({"maria"}, own="her_ticket", signed_out=LOGIN),
    "account/tickets/<int:ticket>/act/": Door(
        {"maria"}, 302, own="her_ticket", signed_out=LOGIN, method="POST", data={"verb": "reply", "text": "Hello"}
    ),
    "tickets/": Door(TEAM | OTHER, signed_out=LOGIN),
    "tickets/search/": Door(TEAM | OTHER, signed_out=LOGIN),
    "tickets/many/": Door(TEAM | OTHER, 302, signed_out=LOGIN, method="POST", data={"verb": "priority", "priority": 4}),
    "tickets/views/": Door(TEAM | OTHER, 302, signed_out=LOGIN, method="POST", data={"name": "Mine"}),
    "tickets/views/<int:pk>/drop/": Door({"anna"}, 302, own="ticket_view", signed_out=LOGIN, method="POST"),
    "tickets/for/<uuid:public_id>/": about(),
    "tickets/<uuid:public_id>/": work(),
    "tickets/<uuid:public_id>/edit/": work(422, "POST", subject=""),
    "tickets/<uuid:public_id>/act/": work(302, "POST", verb="note", text="Only for us"),
    "tickets/<uuid:public_id>/draft/": work(204, "POST", text="Begun"),
    "tickets/<uuid:public_id>/split/": work(302, "POST", seq=1),
    "account/consent/": Door(EVERYBODY),
    "account/consent/ask/": Door(EVERYBODY),
    "account/first/<str:token>/": Door(EVERYBODY, own="first_admin_key"),  # the key is all it takes
    "sitemap.xml": Door(EVERYBODY),
    "robots.txt": Door(EVERYBODY),
    "help/": Door(EVERYBODY),
    "help/search/": Door(EVERYBODY),
    "help/search/answer/": Door(EVERYBODY),
    "help/pictures/<uuid:public_id>/": Door(EVERYBODY, own="picture"),  # its address is all it takes
    # Of an article for the team alone, the only one in its language and on its shelf.
    "help/passages/<int:pk>/": Door(TEAM, own="passage"),
    "help/preview/<int:pk>/": Door(TEAM, own="passage"),
    "help/topics/<language:language>/": Door(TEAM, own="language"),
    "help/topics/<language:language>/<slug:slug>/": Door(TEAM, own="shelf"),
    "help/<language:language>/": Door(TEAM, own="language"),
    "help/<language:language>/<article_slug:slug>/": Door(TEAM, own="article"),
    "help/<language:language>/<article_slug:slug>/vote/": Door(
        TEAM, 302, own="article", method="POST", data={"helped": "yes"}
    ),
    "chat/": Door(EVERYBODY, 302, but={"maria": 200}),  # her talks; who has none is led to the first question
    "chat/pane/": Door(EVERYBODY, 302),
    "chat/new/": Door(EVERYBODY),
    "chat/files/<uuid:public_id>/": Door({"maria"} | TEAM, own="file"),
    "chat/<uuid:public_id>/": talk(),
    "chat/<uuid:public_id>/earlier/": talk(),
    "chat/<uuid:public_id>/since/": talk(),
    "chat/<uuid:public_id>/send/": talk(method="POST", text="Hello", client_id="stranger-test"),
    "chat/<uuid:public_id>/read/": talk(204, "POST", seq="1"),
    "chat/<uuid:public_id>/person/": talk(302, "POST"),
    "chat/<uuid:public_id>/leave/": talk(302, "POST", email="maria@example.com"),
    "chat/letter/<str:token>/": Door(EVERYBODY, 302, own="letter"),  # the link is all it takes
    "chat/<uuid:public_id>/files/": talk(422, "POST"),  # no file was brought
    "chat/<uuid:public_id>/rate/": talk(404, "POST", about="nobody", score="5"),
    "chat/<uuid:public_id>/transcript/": talk(),
    "chat/messages/<uuid:public_id>/verdict/": Door({"maria"}, 302, own="answer", method="POST", data={"helped": "1"}),
    "widget.js": Door(EVERYBODY),
    "widget/<slug:shop>/": Door(EVERYBODY, own="widget", data={"origin": "https://www.shop.example"}),
    "widget/<slug:shop>/session/": Door(EVERYBODY, 403, own="widget", method="POST"),  # no token, nobody
    "widget/<slug:shop>/consent/": Door(EVERYBODY, own="widget"),
    "team/": Door(TEAM | OTHER, signed_out=LOGIN),
    "team/here/": Door(TEAM | OTHER, 302, signed_out=LOGIN, method="POST", data={"here": "1"}),
    "inbox/": Door(TEAM | OTHER, signed_out=LOGIN),
    "inbox/bot/<slug:slug>/": Door(TEAM, 302, own="brand", signed_out=LOGIN, method="POST", data={"on": "0"}),
    "inbox/<uuid:public_id>/": thread(),
    "inbox/<uuid:public_id>/earlier/": thread(),
    "inbox/<uuid:public_id>/since/": thread(),
    "inbox/<uuid:public_id>/send/": thread(method="POST", text="Hello", client_id="stranger-test"),
    "inbox/<uuid:public_id>/read/": thread(204, "POST", seq="1"),
    "inbox/<uuid:public_id>/files/": thread(422, "POST"),
    "inbox/search/": Door(TEAM | OTHER, signed_out=LOGIN),
    "inbox/many/": Door(TEAM | OTHER, 302, signed_out=LOGIN, method="POST", data={"verb": "close"}),
    "inbox/views/": Door(TEAM | OTHER, signed_out=LOGIN),
    "inbox/views/<int:pk>/": Door({"anna"}, 302, own="view", signed_out=LOGIN, method="POST"),
    "inbox/alive/": Door(TEAM | OTHER, 204, signed_out=LOGIN, method="POST"),
    "inbox/<uuid:public_id>/tickets/": thread(),
    "inbox/<uuid:public_id>/notes/": thread(302, "POST", text="Only for us"),
    "inbox/<uuid:public_id>/hands/": thread(302, "POST", verb="take"),
    "inbox/<uuid:public_id>/suggestion/": thread(),
    "inbox/<uuid:public_id>/summary/": thread(),
    "inbox/messages/<uuid:public_id>/why/": Door(TEAM, own="answer", signed_out=LOGIN),
    "inbox/<uuid:public_id>/replies/": thread(),
    "inbox/<uuid:public_id>/later/": thread(302, "POST", text="Tomorrow", when="morning"),
    "inbox/<uuid:public_id>/later/<int:pk>/": Door(TEAM, 422, own="nothing_later", signed_out=LOGIN, method="POST"),
    "inbox/<uuid:public_id>/join/": thread(404, "POST", source="none"),
    "inbox/<uuid:public_id>/part/<int:pk>/": Door(set(), own="nothing_later", signed_out=LOGIN, method="POST"),
    "inbox/<uuid:public_id>/draft/": thread(204, "POST", text="Dear"),
    "inbox/<uuid:public_id>/orders/": thread(),
    "inbox/<uuid:public_id>/orders/<int:order>/<slug:action>/": Door(TEAM, own="wish_beside", signed_out=LOGIN),
    "customers/": Door(TEAM | OTHER, signed_out=LOGIN),
    "customers/<uuid:public_id>/": about(),
    "customers/<uuid:public_id>/notes/": about(302, "POST", text="A note"),
    "customers/<uuid:public_id>/tags/": about(302, "POST", name="friend"),
    "customers/<uuid:public_id>/join/": about(),
    "customers/<uuid:public_id>/join/<uuid:other>/": Door(TEAM, own="two", signed_out=LOGIN),
    "customers/<uuid:public_id>/part/<int:merge>/": Door(TEAM, 302, own="one_of_two", signed_out=LOGIN, method="POST"),
}

# Sockets: who is let in. Everybody else is closed out before a word is said, as for a talk that is not there.
SOCKETS = {
    "ws/chat/": Door({"maria"}),
    "ws/chat/<uuid:public_id>/": Door({"maria"}, own="conversation"),
    "ws/inbox/": Door(TEAM | OTHER),
    "ws/inbox/<uuid:public_id>/": Door(TEAM, own="conversation"),
}

# What somebody who has not signed in may see of allauth and the admin; everything else sends her to sign in.
PUBLIC = {
    *("account_login", "account_signup", "account_logout", "account_inactive", "account_email_verification_sent"),
    *("account_confirm_email", "account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn"),
    *("account_reset_password", "account_reset_password_done"),
    *("account_reset_password_from_key", "account_reset_password_from_key_done"),
    *("socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup"),
    *("admin:login", "admin:logout", "admin:jsi18n"),
}
