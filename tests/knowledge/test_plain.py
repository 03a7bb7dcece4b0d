"""Markdown read aloud."""

from knowledge.markdown import plain


def test_every_block_item_and_row_has_its_line_and_no_marks():
    text = (
        "# Sending back\n\nWithin **30 days**, see [orders](https://shop.example).\n\n"
        "3. Open *it*.\n4. Print.\n\n- a\n- b\n\n| Where | Cost |\n|---|---|\n| Spain | `4.90` |\n\n<b>Now</b>\n"
    )
    assert plain(text).split("\n") == [
        "Sending back",
        "Within 30 days, see orders.",
        "3. Open it.",
        "4. Print.",
        "• a",
        "• b",
        "Where · Cost",
        "Spain · 4.90",
        "Now",
    ]
