"""Names of 200 characters, words of 500, right to left, HTML in every field, and a shop with nothing in it."""

from collections.abc import Iterator

from tests.bench.look._walk import SIZES, kinds, walk
from tests.browser.town import PEOPLE, town
from tests.figures import Figure

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def figures() -> Iterator[Figure]:
    """On every page that a link leads to, as each kind of person."""
    kinds()
    wide, ran, broken, seen = 0, 0, 0, 0
    with town("aftersale-ugly-") as here:
        for content in ("much", "nothing"):
            for who in PEOPLE:
                context = here.browser.new_context(
                    base_url=here.address(content), storage_state=here.signed_in(content, who), reduced_motion="reduce"
                )
                page, errors = context.new_page(), []
                page.on("dialog", lambda dialog, errors=errors: (errors.append("ran"), dialog.dismiss()))
                page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
                for kind in walk(page, here.address(content)):
                    for width, height in SIZES.items():
                        page.set_viewport_size({"width": width, "height": height})
                        seen += 1
                        if (over := page.evaluate(WIDE)) > 0:
                            wide += 1
                            print(f"# {content}, {who or 'a visitor'}: {page.url} ({kind}) {over} px over {width}")
                    ran, broken = ran + errors.count("ran"), broken + len([one for one in errors if one != "ran"])
                    for error in errors:
                        print(f"# {content}, {who or 'a visitor'}: {page.url} ({kind}) {error}", flush=True)
                    errors.clear()
                context.close()
    yield Figure("look.ugly content wider than its window", wide, "pages", bar=0, n=seen)
    yield Figure("look.ugly content that ran", ran, "scripts", bar=0, n=seen)
    yield Figure("look.errors of our scripts on ugly pages", broken, "errors", bar=0, n=seen)
