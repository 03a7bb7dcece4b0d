"""Photographs of pages, on a phone and a desk, light and dark.

python -m tests.browser.shots http://localhost:8000 /tmp/shots /style/ /account/login/
"""

import argparse
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {360: 780, 1440: 900}


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__)
    wish.add_argument("address")
    wish.add_argument("folder", type=Path)
    wish.add_argument("paths", nargs="+")
    wish.add_argument("--widths", type=int, nargs="*", default=list(SIZES))
    wish.add_argument("--themes", nargs="*", default=["light", "dark"])
    wish.add_argument("--window", action="store_true", help="only what the window shows, not the whole page")
    wish.add_argument("--sign-in", metavar="EMAIL:PASSWORD")
    asked = wish.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for width in asked.widths:
            for theme in asked.themes:
                context = browser.new_context(
                    viewport={"width": width, "height": SIZES.get(width, 900)},
                    color_scheme=theme,
                    has_touch=width < 700,
                )
                page = context.new_page()
                page.on("console", lambda said: print("console:", said.type, said.text) if said.type != "log" else None)
                page.on("pageerror", lambda error: print("error:", error))
                if asked.sign_in:
                    email, _, password = asked.sign_in.partition(":")
                    page.goto(asked.address + "/account/login/")
                    page.fill("input[name=login]", email)
                    page.fill("input[name=password]", password)
                    page.locator("main form button[type=submit], main form button:not([type])").first.click()
                    page.wait_for_load_state()
                for path in asked.paths:
                    page.goto(asked.address + path)
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        print(f"{path} is {wide} wide in a window of {width}")
                    name = re.sub(r"\W+", "-", path).strip("-") or "home"
                    page.screenshot(path=asked.folder / f"{name}-{width}-{theme}.png", full_page=not asked.window)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
