import pytest

from config import env


@pytest.fixture
def said(monkeypatch):
    def say(**words):
        for name in ("EMAIL_URL", "SOCIAL_PROVIDERS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in words.items():
            monkeypatch.setenv(name, value)

    return say


def test_without_a_server_mail_goes_into_files(said):
    said()

    assert env.mail().backend.endswith("filebased.EmailBackend")
    assert not env.mail().leaves


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://me:p%40ss@mail.example.com", ("mail.example.com", 587, "me", "p@ss", True, False)),
        ("smtp://mail.example.com:25?tls=0", ("mail.example.com", 25, "", "", False, False)),
        ("smtps://me:x@mail.example.com", ("mail.example.com", 465, "me", "x", False, True)),
    ],
)
def test_a_mail_server_is_named_by_one_line(said, url, expected):
    said(EMAIL_URL=url)
    mail = env.mail()

    assert (mail.host, mail.port, mail.user, mail.password, mail.use_tls, mail.use_ssl) == expected
    assert mail.leaves


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "smtp:mail", "mail.example.com:25"])
def test_a_broken_line_is_one_clear_sentence(said, url):
    said(EMAIL_URL=url)

    with pytest.raises(ValueError, match="EMAIL_URL must look like"):
        env.mail()


def test_no_social_sign_in_unless_it_is_named(said):
    said()

    assert env.socials() == []


def test_a_named_provider_brings_its_keys_and_its_origin(said):
    said(SOCIAL_PROVIDERS="google, github", SOCIAL_GOOGLE="id:sec:ret", SOCIAL_GITHUB="i:s")
    google, github = env.socials()

    assert (google.client_id, google.secret, google.origin) == ("id", "sec:ret", "https://accounts.google.com")
    assert github.provider == "github"


@pytest.mark.parametrize(
    "words", [{"SOCIAL_PROVIDERS": "myspace", "SOCIAL_MYSPACE": "a:b"}, {"SOCIAL_PROVIDERS": "google"}]
)
def test_a_provider_without_keys_or_unknown_is_one_clear_sentence(said, words):
    said(**words)

    with pytest.raises(ValueError, match="SOCIAL_"):
        env.socials()
