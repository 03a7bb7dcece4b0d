"""Becoming a customer, by keyboard alone."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE


def tab_to(page, locator):
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(40):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never reached it")


def fill_by_keyboard(page, label, words):
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(words)


def test_somebody_new_signs_up_decides_and_comes_back(visit):
    page = visit(size=PHONE)
    page.goto("/account/signup/")
    for label, words in {
        "Name": "Nora Lind",
        "Email": "nora@example.com",
        "Password": "paper-and-ink-7",
        "Password (again)": "paper-and-ink-7",
    }.items():
        fill_by_keyboard(page, label, words)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your account", exact=True).first).to_be_visible()

    page.goto("/account/consent/")
    personal = page.get_by_role("checkbox", name="Answers that know you")
    tab_to(page, personal)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Save my choices"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your choices are saved.").first).to_be_visible()
    page.reload()
    expect(personal).to_be_checked()

    menu = page.get_by_label("Your account", exact=True).first
    tab_to(page, menu)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    page.goto("/account/login/")
    fill_by_keyboard(page, "Email", "nora@example.com")
    fill_by_keyboard(page, "Password", "paper-and-ink-7")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your account", exact=True).first).to_be_visible()
    page.goto("/account/consent/")
    expect(personal).to_be_checked()


def test_a_wrong_password_is_said_beside_the_form(visit):
    page = visit()
    page.goto("/account/login/")
    page.get_by_label("Email").fill("maria@example.com")
    page.get_by_label("Password", exact=True).fill("not this one")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("not correct")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("maria@example.com")


def test_a_passkey_opens_the_door(visit):
    page = visit("petra")
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/account/2fa/webauthn/add/")
    if page.get_by_label("Password", exact=True).count():
        page.get_by_label("Password", exact=True).fill("a warm mug of tea")
        page.get_by_role("main").get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("checkbox").check()
    page.get_by_role("main").get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()
    page.goto("/account/2fa/webauthn/")
    expect(page.get_by_text("My phone")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_label("Your account", exact=True).first).to_be_visible()
