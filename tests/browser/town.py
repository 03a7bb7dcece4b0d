"""A whole installation with the demo's shops, one where everything is too much and one with nothing, and its people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from tests.browser.crowd import FURNISH
from tests.browser.shots import ARGUMENTS, CHROMIUM
from tests.installation import Installation, installation

PEOPLE = (None, "maria", "anna", "boss")


@dataclass
class Town:
    """Where they are, and the browser they look with."""

    site: Installation
    browser: Browser
    passwords: dict[str, str]

    def address(self, content: str) -> str:
        return f"http://{'localhost' if content == 'ordinary' else f'{content}.localhost'}:{self.site.port}"

    def signed_in(self, content: str, who: str | None) -> dict | None:
        """What the browser of somebody keeps once she has signed in."""
        if who is None:
            return None
        context = self.browser.new_context(base_url=self.address(content))
        page = context.new_page()
        page.goto("/account/login/")
        page.get_by_label("Email").fill(f"{who}@{'demo' if content == 'ordinary' else content}.example")
        page.get_by_label("Password", exact=True).fill(self.passwords[content])
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_label("Your account", exact=True).first.wait_for()
        state = context.storage_state()
        context.close()
        return state


@contextmanager
def town(prefix: str) -> Iterator[Town]:
    with installation(prefix=prefix, ALLOWED_HOSTS="localhost 127.0.0.1 .localhost") as site:
        demo = next(line.split()[-1] for line in site.up() if "maria@" in line)
        furnished = site.manage("shell", "-c", FURNISH, timeout=600)
        assert furnished.returncode == 0, furnished.stderr
        crowd = furnished.stdout.strip().splitlines()[-1]
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            yield Town(site, browser, {"ordinary": demo, "much": crowd, "nothing": crowd})
            browser.close()
