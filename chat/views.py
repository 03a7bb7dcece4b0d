"""The shopper's pages, and plain HTTP with the socket's guarantees for where sockets are blocked."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages as notices
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import consent, limits, people, visitors
from accounts.models import How, Purpose, Shop
from accounts.origin import own_page_suffices
from chat import attachments, handoff, intake, openers, opinions, owners, pages, seats, seen, transcripts, wire
from chat import talk as talking
from chat.adapters import web
from chat.forms import StartForm
from chat.models import Attachment, Author, Conversation, Message


def _visitor(request: HttpRequest) -> seats.Visitor:
    return seats.Visitor(request.user, request.session)


def _seat(request: HttpRequest, public_id: UUID) -> seats.Seat:
    seat = seats.shopper_seat(_visitor(request), public_id)
    if seat is None:
        raise Http404
    return seat


def _conversation(seat: seats.Seat) -> Conversation:
    found: Conversation = Conversation.objects.select_related("shop", "customer", "person").get(pk=seat.conversation_id)
    return found


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Her conversations, newest first; with none, the first one begins."""
    shop = people.shop_for(request)
    customer = visitors.known(request.user, request.session, shop)
    conversations = list(Conversation.objects.of(customer).newest_first()[:50]) if customer else []
    floating = _is_floating(request)
    if not conversations:
        return where_she_left_off(request) if floating else redirect("chat:new")
    context = {"shop": shop, "conversations": conversations, "floating": floating}
    return render(request, "chat/_home.html" if floating else "chat/home.html", context)


def _is_floating(request: HttpRequest) -> bool:
    """Whether the pane in the corner asks, and not the browser for a page."""
    return bool(request.headers.get("HX-Request"))


@never_cache
@require_safe
def pane(request: HttpRequest) -> HttpResponse:
    """The pane in the corner: where she left off, or the first question."""
    return where_she_left_off(request)


def where_she_left_off(request: HttpRequest) -> HttpResponse:
    shop = people.shop_for(request)
    conversation = seats.newest_open(_visitor(request), shop)
    if not _is_floating(request):
        return redirect("chat:talk", conversation.public_id) if conversation else redirect("chat:new")
    if conversation is None:
        return render(request, "chat/_start.html", start_context(request, shop, StartForm(), floating=True))
    seat = _seat(request, conversation.public_id)
    return render(request, "chat/_pane.html", _pane_context(request, seat, floating=True))


@own_page_suffices
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first question: with consent asked plainly, and a name and address from a guest who likes to give them."""
    shop = people.shop_for(request)
    floating = _is_floating(request)
    form = StartForm(request.POST or None, initial={"text": request.GET.get("text", "")[: settings.CHAT_TEXT_LIMIT]})
    if request.method == "POST":
        verdict = limits.hit("chat.open", limits.visitor(request))
        if not verdict:
            return limits.refuse(request, retry_after=verdict.retry_after)
        if form.is_valid():
            conversation = _begin(request, shop, form.cleaned_data)
            if floating:
                seat = _seat(request, conversation.public_id)
                return render(request, "chat/_pane.html", _pane_context(request, seat, floating=True))
            return redirect("chat:talk", conversation.public_id)
    template = "chat/_start.html" if floating else "chat/new.html"
    context = start_context(request, shop, form, floating=floating)
    return render(request, template, context, status=422 if form.is_bound else 200)


def _begin(request: HttpRequest, shop: Shop, asked: dict[str, Any]) -> Conversation:
    at = timezone.now()
    language = get_language() or shop.language
    customer = visitors.settle(
        request.user, request.session, shop, language=language, name=asked["name"], email=asked["email"]
    )
    if consent.wants_asking(customer, shop):
        ticked = set(request.POST.getlist("purpose"))
        decisions = {str(purpose): purpose in ticked for purpose in consent.OPTIONAL} | {str(Purpose.NECESSARY): True}
        consent.decide(customer, decisions, how=How.CHAT, at=at, language=language)
    conversation = intake.open_conversation(customer, opening_id=asked["client_id"], at=at)
    if asked["person"]:
        handoff.ask_person(conversation.pk, at=at)
    if asked["text"]:
        intake.receive(intake.Inbound(conversation.pk, asked["client_id"], asked["text"]), at=at)
    return conversation


def start_context(request: HttpRequest, shop: Shop, form: StartForm, *, floating: bool) -> dict[str, Any]:
    customer = visitors.known(request.user, request.session, shop)
    language = get_language() or shop.language
    return {
        "shop": shop,
        "form": form,
        "floating": floating,
        "is_guest": not request.user.is_authenticated and customer is None,
        "choices": consent.choices_of(customer, shop, language),
        "asks_consent": consent.wants_asking(customer, shop),
        "questions": openers.questions(shop, language, at=timezone.now()),
        "client_id": form["client_id"].value() or str(uuid4()),
        **pages.LIMITS,
    }


@never_cache
@require_safe
def talk(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A conversation, in the pane or on a page of its own; with ?before= an older part of it."""
    floating = _is_floating(request)
    context = _pane_context(request, _seat(request, public_id), floating=floating)
    return render(request, "chat/_pane.html" if floating else "chat/talk.html", context)


def _pane_context(request: HttpRequest, seat: seats.Seat, *, floating: bool) -> dict[str, Any]:
    conversation = _conversation(seat)
    return {
        "shop": conversation.shop,
        "conversation": conversation,
        "state": wire.state(conversation),
        "me": f"{Author.SHOPPER} {seat.name}",
        "owner": owners.mark(request),
        "floating": floating,
        "asks_consent": consent.wants_asking(conversation.customer, conversation.shop),
        **pages.page_of(conversation, is_staff=False, before=before(request)),
        **pages.LIMITS,
    }


def before(request: HttpRequest) -> int | None:
    """The place in the conversation before which a page of older messages ends."""
    return number(request.GET.get("before")) or None


@never_cache
@require_GET
def earlier(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Older messages than the page has."""
    conversation = _conversation(_seat(request, public_id))
    context = pages.page_of(conversation, is_staff=False, before=before(request))
    return render(request, "chat/_earlier.html", {**context, "conversation": conversation})


@never_cache
@require_GET
def since(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is newer than the page has; asked again and again where sockets are blocked."""
    return newer(request, _seat(request, public_id))


def newer(request: HttpRequest, seat: seats.Seat) -> HttpResponse:
    conversation = _conversation(seat)
    got = min(number(request.GET.get("seq")), conversation.last_seq)
    if got:
        seen.mark(conversation.pk, by_shopper=not seat.is_staff, delivered=got)
    messages = wire.newer(conversation, got)
    state = wire.state(conversation)
    if not request.accepts("text/html") or request.GET.get("format") == "json":
        known = state if seat.is_staff else {name: value for name, value in state.items() if name != "person_id"}
        return JsonResponse({"messages": messages, "state": known})
    language = get_language() or "en"
    page = pages.messages(messages, is_staff=seat.is_staff, language=language, zone=seat.zone)
    return HttpResponse(page + pages.state(state, seat=seat, language=language))


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Say something without a socket; the same id again is acknowledged again."""
    seat = _seat(request, public_id)
    verdict = seats.may_say(seat)
    if not verdict:
        return limits.refuse(request, retry_after=verdict.retry_after)
    try:
        client_id = web.client_id(request.POST.get("client_id") or str(uuid4()))
        files = web.file_ids(request.POST.getlist("files"), client_id)
        if "file" in request.FILES:  # a form without JavaScript brings its file along
            files = (*files, _upload(request, seat, client_id=f"file-{client_id}"[:64]).public_id)
        inbound = intake.Inbound(
            seat.conversation_id, client_id, request.POST.get("chosen") or request.POST.get("text", ""), files
        )
        receipt = intake.receive(inbound, at=timezone.now())
    except (web.BadFrame, talking.Refused) as refusal:
        return refused(request, refusal, reverse("chat:talk", args=[public_id]))
    if request.POST.get("plain"):
        return redirect("chat:talk", public_id)
    return JsonResponse(wire.ack(receipt))


def refused(request: HttpRequest, refusal: Exception, back: str) -> HttpResponse:
    if request.POST.get("plain"):
        return render(request, "chat/refused.html", {"why": str(refusal), "back": back}, status=422)
    code = getattr(refusal, "code", "refused")
    return JsonResponse({"type": "error", "code": code, "text": str(refusal)}, status=422)


@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seat = _seat(request, public_id)
    seen.mark(seat.conversation_id, by_shopper=True, read=number(request.POST.get("seq")))
    return HttpResponse(status=204)


@require_POST
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Talk to a person: from the first paint, whatever the assistant does."""
    seat = _seat(request, public_id)
    handoff.ask_person(seat.conversation_id, at=timezone.now())
    if request.headers.get("HX-Request"):
        return newer(request, seat)
    return redirect("chat:talk", public_id)


@require_POST
def verdict(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whether an answer helped."""
    answers = Message.objects.select_related("conversation__customer").filter(author=Author.BOT)
    said = answers.filter(public_id=public_id).first()
    if said is None or said.conversation_id != _seat(request, said.conversation.public_id).conversation_id:
        raise Http404
    if not (allowed := limits.hit("vote", limits.visitor(request))):
        return limits.refuse(request, retry_after=allowed.retry_after)
    helped = request.POST.get("helped") == "1"
    opinions.judge(said, helped=helped, at=timezone.now())
    if request.headers.get("HX-Request"):
        return render(request, "chat/_verdict.html", {"said": {"id": said.public_id, "helped": helped}})
    return redirect("chat:talk", said.conversation.public_id)


@require_POST
def rate(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How it was in the end."""
    conversation = _conversation(_seat(request, public_id))
    if not (allowed := limits.hit("vote", limits.visitor(request))):
        return limits.refuse(request, retry_after=allowed.retry_after)
    about, words = request.POST.get("about", ""), request.POST.get("words", "")
    try:
        opinions.rate(
            conversation, about=about, score=number(request.POST.get("score")), words=words, at=timezone.now()
        )
    except ValueError:
        raise Http404 from None
    if request.headers.get("HX-Request"):
        return render(request, "chat/_rated.html", {"about": about})
    return redirect("chat:talk", public_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def transcript(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The talk to keep: as a file, or by mail to the address she has proven."""
    conversation = _conversation(_seat(request, public_id))
    if request.method != "POST":
        response = HttpResponse(transcripts.text(conversation), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{conversation.shop.slug}-{public_id}.txt"'
        return response
    if not conversation.customer.email_verified:
        raise Http404
    verdict = limits.hit("chat.transcript", conversation.customer_id)
    if not verdict:
        return limits.refuse(request, retry_after=verdict.retry_after)
    transcripts.mail.delay(conversation.pk, get_language() or conversation.shop.language)
    notices.success(request, _("The conversation is on its way to %(email)s.") % {"email": conversation.customer.email})
    return redirect("chat:talk", public_id)


@require_POST
def upload(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep a file for the message that will say it."""
    return uploaded(request, _seat(request, public_id))


def uploaded(request: HttpRequest, seat: seats.Seat) -> HttpResponse:
    verdict = limits.hit("upload", limits.visitor(request))
    if not verdict:
        return limits.refuse(request, retry_after=verdict.retry_after)
    try:
        attachment = _upload(request, seat, client_id=web.client_id(request.POST.get("client_id")))
    except (web.BadFrame, attachments.NotAccepted) as refusal:
        return JsonResponse({"type": "error", "code": "not_accepted", "text": str(refusal)}, status=422)
    return JsonResponse(wire.file(attachment), status=201)


def _upload(request: HttpRequest, seat: seats.Seat, *, client_id: str) -> Attachment:
    file = request.FILES.get("file")
    if file is None:
        raise attachments.NotAccepted(attachments.MISSING)
    conversation = Conversation.objects.get(pk=seat.conversation_id)
    return attachments.upload(conversation, file, client_id=client_id, by_shopper=not seat.is_staff, at=timezone.now())


@require_safe
def file(request: HttpRequest, public_id: UUID) -> FileResponse:
    """A file of a conversation she may see; every fetch asks again."""
    attachment = _visible_file(request, public_id)
    wants_preview = "preview" in request.GET and bool(attachment.preview)
    stored = attachment.preview if wants_preview else attachment.file
    response = FileResponse(
        stored.open("rb"),
        as_attachment=not wants_preview,
        filename="preview.webp" if wants_preview else attachment.name,
        content_type="image/webp" if wants_preview else attachment.content_type,
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _visible_file(request: HttpRequest, public_id: UUID) -> Attachment:
    attachment: Attachment = get_object_or_404(Attachment.objects.select_related("conversation"), public_id=public_id)
    if Attachment.objects.visible_to(request.user).filter(pk=attachment.pk).exists():
        return attachment
    visitor = _visitor(request)
    if seats.shopper_seat(visitor, attachment.conversation.public_id) is None:
        raise Http404
    return attachment


def number(text: str | None, default: int = 0) -> int:
    try:
        return max(0, min(int(text or default), web.BIGGEST_SEQ))
    except ValueError:
        return default
