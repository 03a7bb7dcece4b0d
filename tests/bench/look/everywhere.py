"""Every page of the URL configuration, as each kind of person, in both themes: whom axe finds shut out."""

import re
from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.bench.look._walk import SIZES, kinds, walk
from tests.browser.town import PEOPLE, Town, town
from tests.figures import Figure

GRAVE = {"serious", "critical"}

# What a shop of the demo has none of, and its pages show.
MORE = """
from django.utils import timezone
from accounts.models import Crm, Shop, Skill
from chat.flows import shelf
from chat.models import BotVersion, Conversation, Example, Intent, Note, Persona, Webhook
from config.env import ROOT
shop, at = Shop.objects.get(slug="lumen-and-loom"), timezone.now()
shelf.keep(shop, (ROOT / "chat/flows/shipped/complaint.yaml").read_text(), at=at)
Webhook.objects.create(shop=shop, name="stock", address="https://erp.example.com/stock")
intent = Intent.objects.create(shop=shop, name="opening_hours")
Example.objects.create(intent=intent, text="When do you open?")
Persona.objects.create(shop=shop, name="Lumi", greeting="Hello {name}.")
Skill.objects.create(shop=shop, name="Electrics")
Crm.objects.create(shop=shop, kind="rest", address="https://crm.example.com")
BotVersion.objects.create(shop=shop, name="Autumn", created_at=at)
talk, author = Conversation.objects.filter(shop=shop).first(), shop.memberships.first().user
Note.objects.create(conversation=talk, author=author, text="Ask again.", after_seq=1, client_id="n", at=at)
"""

# Lines of the URL configuration on which nobody stands, and why.
EXCUSED = {
    "a form is sent there": (
        r"^(language|account/(profile|tour/.*)|team/here|inbox/bot/.*|admin/logout|help/.*/vote|widget/.*/session)/$",
        r"^(chat|inbox)/<uuid:public_id>/(files|person|read|send|hands|leave|rate|draft|later.*|join|part/.*|notes)/$",
        r"^inbox/(alive|many|views/<int:pk>|<uuid:public_id>/orders/<int:order>/.*)/$|^chat/messages/.*/verdict/$",
        r"^(tickets/<uuid:public_id>/(act|edit)|account/tickets/<int:ticket>/act)/$",
        r"^admin/chat/(botversion/(train|<int:pk>/(promote|roll-back))|intent/bring)/$",
        r"^customers/<uuid:public_id>/(notes|tags|part/.*)/$",
        r"^admin/knowledge/(article/.*(preview|restore|settle|translate)|gap/.*(dismiss|draft|reopen)|recipe/renew)/$",
        r"^admin/knowledge/picture/upload/$",
    ),
    "a piece of a page, looked over within it": (
        r"/(earlier|since)/$|^help/(passages|preview|search/answer)/|^inbox/messages/<uuid:public_id>/why/$",
        r"^inbox/<uuid:public_id>/(replies|suggestion|summary|tickets|orders)/$|^account/orders/.*/asked/$",
    ),
    "the same pane as under chat/, in a frame or a corner": (r"^chat/pane/$|^widget/<slug:shop>/(consent/)?$",),
    "no page: a file, a feed, an answer to a script": (
        r"^(healthz|robots\.txt|sitemap\.xml|widget\.js|chat/files/|help/pictures/|admin/(autocomplete|jsi18n)/)",
        r"^chat/<uuid:public_id>/transcript/$|^admin/chat/intent/take-out/$",
    ),
    "leads on to another line": (r"^admin/\w+/\w+/<path:object_id>/$|^admin/(r/|\(\?P<url>)|^account/social/",),
    "a step that only a sign-in under way or a second factor opens": (
        r"^account/(login/code/confirm|3rdparty/signup|2fa/authenticate)/$",
        r"^account/2fa/(reauthenticate|recovery-codes|totp/(de)?activate|webauthn/(add|keys|login|reauthenticate))\b",
    ),
    "a mail leads there, to a talk that is looked over": (r"^chat/letter/",),
    "nobody in the town is without a password, or its first admin": (r"^account/(password/set|first)/",),
    "the town has none of these": (
        r"^admin/(socialaccount/\w+|accounts/(agentpresence|orderchange)|chat/action|ledger/delivery)/<path:object_id>",
        r"^admin/(knowledge/(picture|measurement|recipe)|accounts/crmpush)/<path:object_id>",
    ),
    "nobody may": (
        r"^admin/(accounts/(consent\w+|customer|order|refund|return|shop|user)|chat/\w+|ledger/\w+|knowledge/(article|gap)"
        r"|tickets/ticket(change|note)?)"
        r"/<path:object_id>/delete/$",
        r"^admin/(accounts/(agentpresence|consentrecord|crmpush|customer|order|orderchange|refund|return)|chat/\w+|ledger/\w+"
        r"|knowledge/(gap|measurement|recipe)|tickets/ticket(change|note)?)/add/$",
    ),
}


def figures() -> Iterator[Figure]:
    everything = kinds()
    with town("aftersale-everywhere-") as here:
        furnished = here.site.manage("shell", "-c", MORE)
        assert furnished.returncode == 0, furnished.stderr
        stood, barriers, seen = _look_over(here)
    excused = [line for lines in EXCUSED.values() for line in lines]
    missed = sorted(each for each in everything - stood if not any(re.search(line, each) for line in excused))
    for each in missed:
        print(f"# neither visited nor excused: {each}", flush=True)
    yield Figure("look.lines of the URL configuration", len(everything), "lines")
    yield Figure("look.kinds of pages visited", len(stood), "pages", bar=60, better="higher")
    yield Figure("look.lines neither visited nor excused", len(missed), "lines", bar=0, n=len(everything))
    yield Figure("look.serious or critical barriers", barriers, "barriers", bar=0, n=seen)


def _look_over(here: Town) -> tuple[set[str], int, int]:
    """Where we stood, and what axe found there: on a phone by day and at a desk by night."""
    stood, found, seen = set(), 0, 0
    for who in PEOPLE:
        context = here.browser.new_context(
            base_url=here.address("ordinary"),
            storage_state=here.signed_in("ordinary", who),
            reduced_motion="reduce",  # a colour on its way to another is neither
        )
        page = context.new_page()
        for kind in walk(page, here.address("ordinary")):
            stood.add(kind)
            for (width, height), theme in zip(SIZES.items(), ("light", "dark"), strict=True):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=theme)
                seen += 1
                for barrier in _barriers(page):
                    found += 1
                    print(f"# {who or 'a visitor'} at {page.url}, {theme}: {barrier}", flush=True)
        context.close()
    return stood, found, seen


def _barriers(page: Page) -> Iterator[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    for one in found:
        if one["impact"] in GRAVE:
            for node in one["nodes"]:
                yield f"{one['id']} {node['target']}"
