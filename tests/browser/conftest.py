"""A real browser on a real installation: `site` is up, `visit` opens a window, and no page may complain."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.shots import ARGUMENTS, CHROMIUM
from tests.factories import PASSWORD
from tests.installation import Installation, installation

HERE = Path(__file__).parent
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 780}
PATIENCE = 10_000  # milliseconds, for a machine that is busy with the other tests

# Maria shops, Omar is another shopper, Petra one with a passkey, Anna answers, the boss runs the shop. They know their
# way; Nina is new on the team.
FURNISH = """
from tests import factories
from accounts.models import Role
shop = factories.ShopFactory(slug="lumen", name="Lumen & Loom")
people = {name: factories.UserFactory(email=f"{name}@example.com", name=name.title(), signs_in=True,
                                      tours_done=[] if name == "nina" else ["shopper", "agent", "admin"])
          for name in ("maria", "omar", "petra", "anna", "boss", "nina")}
factories.MembershipFactory(user=people["nina"], shop=shop, role=Role.AGENT)
factories.MembershipFactory(user=people["anna"], shop=shop, role=Role.AGENT)
factories.MembershipFactory(user=people["boss"], shop=shop, role=Role.ADMIN)
people["boss"].is_superuser = True
people["boss"].save()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Together, on one worker and last: a window open in a thread keeps the others from the database."""
    here = [item for item in items if HERE in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.xdist_group("browser"))
    items[:] = [item for item in items if HERE not in item.path.parents] + here


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("REQUIRE_REAL"):
            pytest.fail(f"REQUIRE_REAL is set and there is no {CHROMIUM}")
        pytest.skip(f"there is no {CHROMIUM} on this machine; apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(browser: Browser) -> Iterator[Installation]:
    """A whole installation with a shop and its people, for all browser tests together."""
    with installation(prefix="aftersale-browser-", TRY_ARABIC="1") as one:
        one.up("--no-demo")
        furnished = one.manage("shell", "-c", FURNISH)
        assert furnished.returncode == 0, furnished.stderr
        yield one


@pytest.fixture(scope="package")
def signed_in(browser: Browser, site: Installation) -> Callable[[str], dict]:
    """What the browser of a person keeps once she has signed in; each signs in once."""
    kept: dict[str, dict] = {}

    def state(name: str) -> dict:
        if name not in kept:
            context = browser.new_context(base_url=site.address)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            sign_in(page, name)
            kept[name] = context.storage_state()
            context.close()
        return kept[name]

    return state


@pytest.fixture
def visit(browser: Browser, site: Installation, signed_in: Callable[[str], dict]) -> Iterator[Callable[..., Page]]:
    """Open a window: visit(), visit("maria"), visit("anna", PHONE). Whatever a page complains of fails the test."""
    open_windows: list[BrowserContext] = []
    complaints: list[str] = []

    def window(name: str | None = None, size: dict[str, int] = DESK, **options) -> Page:
        state = signed_in(name) if name else None
        touch = size["width"] < 700
        context = browser.new_context(
            base_url=site.address, viewport=size, storage_state=state, has_touch=touch, **options
        )
        open_windows.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.complaints = complaints
        return page

    yield window
    complained = list(complaints)  # before the windows close, which cuts their sockets
    for context in open_windows:
        context.close()
    assert not complained


def sign_in(page: Page, name: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(f"{name}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_label("Your account", exact=True).first).to_be_visible()
