import pytest

from chat.pages import language_of


@pytest.mark.parametrize(
    ("cookie", "header", "spoken"),
    [
        ("", b"", "en"),
        ("de", b"fr", "de"),
        ("", b"fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("xx", b"xx,*;q=0.1", "en"),
        ("../x", b"es;q=abc", "en"),
    ],
)
def test_a_socket_speaks_the_language_of_its_page(cookie, header, spoken):
    scope = {"cookies": {"django_language": cookie}, "headers": [(b"accept-language", header)]}
    assert language_of(scope) == spoken


def test_a_program_that_says_nothing_reads_english():
    assert language_of({}) == "en"
