"""The talk in real browsers: two people, bad lines, files, the keyboard, and nothing left behind."""

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in
from tests.installation import wait_for

SLOW = 30_000  # what waits for a process to start or a connection to be missed


def begin(page: Page, words: str, button: str = "Start") -> str:
    """Start a conversation on a page of its own and return its address."""
    page.goto("/chat/new/")
    page.get_by_label("How can we help?").fill(words)
    page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/chat/[0-9a-f-]{36}/$"))
    expect(own(page, words)).to_be_visible()
    return page.url


def answer(page: Page, talk: str) -> Page:
    """Open the same conversation as somebody of the team."""
    page.goto(talk.replace("/chat/", "/inbox/"))
    return page


def log(page: Page):
    return page.get_by_role("log")


def more(page: Page):
    """What else can be done with a conversation, behind three dots."""
    return page.locator("#thread-hands").get_by_label("More")


def write(page: Page, words: str) -> None:
    box = page.get_by_role("textbox", name=re.compile("Message|Reply"))
    box.fill(words)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(box).to_have_value("")


def said(page: Page, like: str) -> list[str]:
    """What the page shows of the messages like that, from top to bottom."""
    return [text for text in log(page).locator(".bubble").all_inner_texts() if re.fullmatch(like, text)]


def own(page: Page, words: str):
    return log(page).locator(".message[data-own]").filter(has_text=words)


class Lines:
    """Every socket of a page in our hand."""

    def __init__(self, page: Page):
        self.open, self.are_cut = [], False
        page.route_web_socket(re.compile("/ws/"), self.connect)

    def connect(self, socket) -> None:
        if self.are_cut:
            socket.close()
            return
        server, line = socket.connect_to_server(), {"socket": socket, "is_dead": False}
        socket.on_message(lambda frame: line["is_dead"] or server.send(frame))
        server.on_message(lambda frame: line["is_dead"] or socket.send(frame))
        self.open.append(line)

    def die(self) -> None:
        """Carry nothing any more, and say nothing of it, as after a sleep."""
        for line in self.open:
            line["is_dead"] = True

    def cut(self) -> None:
        """Close, and stay closed."""
        self.are_cut = True
        while self.open:
            self.open.pop()["socket"].close()

    def mend(self) -> None:
        self.are_cut = False


def test_a_shopper_and_an_agent_talk(visit):
    maria, anna = visit("maria", PHONE), visit("anna")
    talk = begin(maria, "Hello")
    expect(log(maria).get_by_text("I am the assistant")).to_be_visible(timeout=SLOW)
    answer(anna, talk)

    maria.get_by_role("button", name="Talk to a person").click()
    expect(maria.get_by_text("Waiting for a person")).to_be_visible()
    expect(maria.get_by_role("button", name="Talk to a person")).to_be_hidden()
    anna.get_by_role("button", name="Accept").click()
    expect(log(maria).get_by_text("Anna joined the conversation.")).to_be_visible()
    expect(maria.locator("#pane-who")).to_contain_text("A person of our team is here")

    anna.get_by_role("textbox", name="Reply").press_sequentially("Good")
    expect(log(maria).get_by_text("Anna is writing")).to_be_visible()
    write(anna, "Good afternoon Maria")
    expect(log(maria).get_by_text("Good afternoon Maria")).to_be_visible()
    expect(log(maria).get_by_text("Anna is writing")).to_be_hidden()
    expect(own(anna, "Good afternoon Maria").get_by_text("Read", exact=True)).to_be_visible()

    maria.get_by_role("textbox", name="Message").press_sequentially("Tha")
    expect(log(anna).get_by_text("Maria is writing")).to_be_visible()
    write(maria, "Thank you <b>Anna</b>")
    expect(log(anna).get_by_text("Thank you <b>Anna</b>")).to_be_visible()
    expect(own(maria, "Thank you").get_by_text("Read", exact=True)).to_be_visible()

    anna.get_by_role("button", name="Give back to the bot").click()
    expect(log(maria).get_by_text("Anna left. The assistant is back.")).to_be_visible()
    anna.get_by_role("button", name="Take over").click()
    expect(log(maria).get_by_text("Anna joined the conversation.")).to_have_count(2)
    more(anna).click()
    anna.get_by_role("button", name="Close").click()
    expect(maria.get_by_text("This conversation is closed")).to_be_visible()


def test_what_was_said_without_a_line_arrives_once_and_in_order(visit):
    maria, anna = visit("maria", PHONE), visit("anna")
    line = Lines(maria)
    talk = begin(maria, "Is anybody there?")
    answer(anna, talk)
    write(anna, "Yes")
    expect(log(maria).get_by_text("Yes", exact=True)).to_be_visible()

    line.cut()
    maria.context.set_offline(True)
    write(maria, "kept 1")
    write(maria, "kept 2")
    expect(own(maria, "kept 1")).to_have_attribute("data-state", "pending")
    expect(maria.get_by_text("The connection is away")).to_be_visible(timeout=SLOW)
    for number in range(3):
        write(anna, f"missed {number}")
    maria.context.set_offline(False)
    line.mend()
    expect(maria.get_by_text("The connection is away")).to_be_hidden(timeout=SLOW)
    expect(log(maria).get_by_text("missed 2")).to_be_visible(timeout=SLOW)
    expect(log(anna).get_by_text("kept 2")).to_be_visible(timeout=SLOW)

    # She shuts the window with something unsent, and comes back another day.
    line.cut()
    maria.context.set_offline(True)
    write(maria, "kept 3")
    maria.goto("about:blank")
    write(anna, "missed 3")
    maria.context.set_offline(False)
    line.mend()
    maria.goto(talk)
    expect(own(maria, "kept 3")).to_have_attribute("data-seq", re.compile(r"\d"), timeout=SLOW)
    expect(log(anna).get_by_text("kept 3")).to_be_visible()
    for page in (maria, anna):
        assert said(page, r"kept \d") == ["kept 1", "kept 2", "kept 3"]
        assert said(page, r"missed \d") == ["missed 0", "missed 1", "missed 2", "missed 3"]
    assert maria.evaluate("localStorage.length") == 0
    only_the_line(maria)


def test_after_three_days_of_sleep_everything_missed_is_there(visit):
    maria, anna = visit("maria", PHONE), visit("anna")
    line = Lines(maria)
    maria.clock.install()
    talk = begin(maria, "Good night", "Talk to a person")
    answer(anna, talk)
    line.die()
    write(maria, "said in sleep")
    for number in range(3):
        write(anna, f"missed {number}")
    expect(own(anna, "missed 2")).to_have_attribute("data-seq", re.compile(r"\d"))
    maria.clock.fast_forward(3 * 86_400_000)
    expect(log(maria).get_by_text("missed 2")).to_be_visible(timeout=SLOW)
    expect(log(anna).get_by_text("said in sleep")).to_be_visible(timeout=SLOW)
    assert said(maria, r"missed \d") == ["missed 0", "missed 1", "missed 2"]
    assert said(anna, "said in sleep") == ["said in sleep"]
    only_the_line(maria)


def test_a_guest_who_signs_in_takes_her_talk_and_her_unsent_words_along(visit):
    page = visit()
    begin(page, "I am still a guest")
    line = Lines(page)
    page.reload()
    line.cut()
    other = page.context.new_page()
    sign_in(other, "omar")
    write(page, "unsent as a guest")
    expect(own(page, "unsent as a guest")).to_have_attribute("data-seq", re.compile(r"\d"), timeout=SLOW)
    expect(page.locator("[data-talk]")).to_have_attribute("data-owner", re.compile("^user-"))
    assert page.evaluate("localStorage.length") == 0
    only_the_line(page)


def test_a_request_of_a_guest_that_crosses_her_sign_in_ends_nothing(visit):
    page = visit()
    begin(page, "I am a guest")
    line = Lines(page)
    page.reload()
    page.route(re.compile("/since/"), lambda route: route.fulfill(status=404), times=1)
    with page.expect_response(lambda answer: "/since/" in answer.url and answer.status == 404, timeout=SLOW):
        line.cut()
    write(page, "Still here")
    expect(own(page, "Still here")).to_have_attribute("data-seq", re.compile(r"\d"), timeout=SLOW)
    only_the_line(page)


def test_a_restart_of_the_server_goes_unnoticed(visit, site):
    maria, anna = visit("maria"), visit("anna")
    answer(anna, begin(maria, "Before the restart"))
    expect(log(anna).get_by_text("Before the restart")).to_be_visible()
    site.kill("web")
    write(maria, "During the restart")
    write(anna, "I am still here")
    expect(log(anna).get_by_text("During the restart")).to_be_visible(timeout=SLOW)
    expect(log(maria).get_by_text("I am still here")).to_be_visible(timeout=SLOW)
    assert said(anna, "During the restart") == ["During the restart"]
    only_the_line(maria)


def test_where_sockets_are_blocked_it_is_the_same_over_http(visit):
    maria, anna = visit("maria", PHONE), visit("anna")
    for page in (maria, anna):
        Lines(page).cut()
    talk = begin(maria, "No sockets here")
    answer(anna, talk)
    anna.get_by_role("button", name=re.compile("Accept|Take over")).click()
    expect(maria.locator("#pane-who")).to_contain_text("Anna", timeout=SLOW)
    for number in range(3):
        write(maria, f"by post {number}")
    expect(log(anna).get_by_text("by post 2")).to_be_visible(timeout=SLOW)
    write(anna, "received by post")
    expect(log(maria).get_by_text("received by post")).to_be_visible(timeout=SLOW)
    expect(own(maria, "by post 2").get_by_text("Read", exact=True)).to_be_visible(timeout=SLOW)
    assert said(anna, r"by post \d") == ["by post 0", "by post 1", "by post 2"]
    only_the_line(maria)


def test_files_go_both_ways_with_a_preview(visit):
    maria, anna, omar = visit("maria"), visit("anna", PHONE), visit("omar")
    talk = begin(maria, "Look at this")
    answer(anna, talk)
    picture = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(picture, "PNG")
    photo = {"name": "broken.png", "mimeType": "image/png", "buffer": picture.getvalue()}

    maria.get_by_label("Attach a file").set_input_files(
        [photo, {"name": "secret.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"}]
    )
    expect(maria.get_by_text("This kind of file cannot be sent.")).to_be_visible()
    expect(maria.locator(".composer-files")).to_contain_text("broken.png")
    maria.get_by_role("button", name="Send", exact=True).click()
    shown = log(anna).get_by_role("img", name="broken.png")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 640)

    anna.get_by_label("Attach a file").set_input_files(
        {"name": "label.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 label"}
    )
    write(anna, "Please print this")
    file = log(maria).get_by_role("link", name="label.pdf")
    expect(file).to_be_visible()
    address = file.get_attribute("href")
    assert maria.request.get(address).body() == b"%PDF-1.4 label"
    assert omar.request.get(address).status == 404
    maria.complaints.clear()  # the browser's own note on the refused file


def test_the_pane_in_the_corner_by_keyboard_alone_and_no_trace_before(visit):
    page = visit()
    page.goto("/")
    launcher = page.get_by_role("link", name="Ask us")
    launcher.focus()
    page.keyboard.press("Enter")
    question = page.get_by_label("How can we help?")
    expect(question).to_be_focused()
    expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0

    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(launcher).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_focused()
    page.keyboard.type("hello")
    page.keyboard.press("Tab")
    page.keyboard.type("Greta Guest")
    page.keyboard.press("Enter")
    message = page.get_by_role("textbox", name="Message")
    expect(message).to_be_focused()
    expect(log(page).get_by_text("I am the assistant")).to_be_visible(timeout=SLOW)
    page.keyboard.type("and a second line")
    page.keyboard.press("Enter")
    expect(own(page, "and a second line")).to_have_attribute("data-seq", re.compile(r"\d"))
    page.keyboard.press("Escape")
    expect(launcher).to_be_focused()
    page.reload()
    launcher.click()
    expect(log(page).get_by_text("and a second line")).to_be_visible()  # where she left off


def test_on_a_phone_the_pane_leaves_nothing_else_to_reach(visit):
    page = visit(size=PHONE)
    page.goto("/")
    page.get_by_role("link", name="Ask us").click()
    expect(page.get_by_label("How can we help?")).to_be_visible()
    box = page.locator("#pane").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, PHONE["width"], PHONE["height"])
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#pane')")
    page.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("link", name="Ask us")).to_be_focused()
    assert not page.locator("main").evaluate("element => element.inert")


def test_signing_out_leaves_nothing_behind(visit):
    page = visit()
    sign_in(page, "omar")
    begin(page, "My secret question")
    other = page.context.new_page()
    page.get_by_role("textbox", name="Message").fill("half a draft")
    other.goto("/account/logout/")
    other.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out here.")).to_be_visible()
    expect(page.get_by_text("My secret question")).to_be_hidden()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    kept = "Object.entries({...localStorage, ...sessionStorage}).flat().join()"
    assert "draft" not in other.evaluate(kept)
    page.goto("/")
    page.go_back()
    page.wait_for_url("**/chat/**")
    expect(page.get_by_role("heading", name=re.compile("not here|not found"))).to_be_visible()
    expect(page.get_by_text("My secret question")).to_be_hidden()
    page.complaints.clear()  # the browser's own note on the 404


def test_unsent_words_of_a_former_visitor_are_thrown_away(visit):
    page = visit()
    sign_in(page, "omar")
    begin(page, "Nobody else reads this")
    page.context.set_offline(True)
    write(page, "unsent secret")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert wait_for(lambda: page.evaluate("localStorage.length") == 0)
    only_the_line(page)


def test_a_long_talk_keeps_its_place(visit):
    omar, anna = visit("omar"), visit("anna", DESK)
    answer(anna, begin(omar, "number 0", "Talk to a person"))
    omar.evaluate(
        """async () => {
            const form = document.querySelector("[data-composer]");
            for (let number = 1; number <= 60; number++) {
                const body = new FormData(form);
                body.set("text", `number ${number}`);
                body.set("client_id", `long-talk-${number}`);
                body.delete("plain");
                body.delete("file");
                await fetch(form.action, {method: "POST", body});
            }
        }"""
    )
    expect(log(anna).get_by_text("number 60")).to_be_in_viewport()
    anna.reload()
    expect(log(anna).get_by_text("number 60")).to_be_in_viewport()
    expect(log(anna).get_by_text("number 0", exact=True)).to_be_hidden()
    anna.get_by_role("link", name="Earlier messages").click()
    expect(log(anna).get_by_text("number 0", exact=True)).to_be_attached()
    assert said(anna, r"number \d+") == [f"number {number}" for number in range(61)]

    log(anna).evaluate("box => { box.scrollTop = 0 }")
    expect(log(anna).get_by_text("number 0", exact=True)).to_be_in_viewport()
    write(omar, "one more")
    pill = anna.get_by_role("button", name="New messages")
    expect(pill).to_be_visible()
    expect(log(anna).get_by_text("number 0", exact=True)).to_be_in_viewport()
    expect(own(omar, "one more").get_by_text("Delivered", exact=True)).to_be_visible()
    pill.click()
    expect(log(anna).get_by_text("one more")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    expect(own(omar, "one more").get_by_text("Read", exact=True)).to_be_visible()


def test_without_javascript_everything_is_a_form(visit):
    page = visit(size=PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Ask us").click()
    page.get_by_label("How can we help?").fill("Plain as paper")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("textbox", name="Message").fill("and a second page")
    page.get_by_role("button", name="Send", exact=True).click()
    assert log(page).locator("[data-own] .bubble").all_inner_texts() == ["Plain as paper", "and a second page"]


def test_what_cannot_be_sent_says_why_and_waits_for_her(visit):
    maria = visit("maria")
    begin(maria, "This will fail")
    line = Lines(maria)
    maria.reload()
    line.cut()
    maria.route("**/send/", lambda route: route.fulfill(status=422, json={"code": "refused", "text": "Not today."}))
    write(maria, "stubborn words")
    expect(own(maria, "stubborn words")).to_contain_text("Not sent. Not today.", timeout=SLOW)
    maria.unroute("**/send/")
    maria.get_by_role("button", name="Send again").click()
    expect(own(maria, "stubborn words")).to_have_attribute("data-seq", re.compile(r"\d"), timeout=SLOW)
    only_the_line(maria)


def test_every_script_has_the_name_of_its_content(visit):
    maria = visit("maria")
    begin(maria, "Which scripts?")
    loaded = maria.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    scripts = [path for path in loaded if path.startswith("/static/js/")]
    assert len(scripts) > 8
    assert [path for path in scripts if not re.search(r"\.[0-9a-f]{12}\.js$", path)] == []
    assert len(scripts) == len(set(scripts))  # what was announced is what was asked for


def only_the_line(page: Page) -> None:
    """The browser notes every failed connection; nothing else may be wrong."""
    page.complaints[:] = [
        said for said in page.complaints if not re.search(r"WebSocket|Failed to load resource|\[object Event\]", said)
    ]


def test_a_pane_that_takes_its_time_shows_the_shape_of_what_comes(visit):
    page = visit("maria")
    page.goto("/")
    held = []
    page.route("**/chat/pane/", lambda route: held.append(route))
    page.get_by_role("link", name="Ask us").click()
    expect(page.locator("#pane-place .skeleton").first).to_be_visible()
    held[0].continue_()
    expect(page.get_by_role("textbox", name=re.compile("How can we help|Message"))).to_be_visible()
    expect(page.locator("#pane-place .skeleton")).to_have_count(0)
