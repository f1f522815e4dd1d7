"""Where clips may be sent: by TLS, except to the box itself."""

import pytest
from pydantic import ValidationError

from edge.settings.commands import Commands


def commands(**keys: object) -> Commands:
    usual = {"keys": {"city": "./city.pem"}, "allow": ["clip.request"]}
    return Commands.model_validate(usual | keys)


def test_without_a_word_nothing_is_sent_and_nothing_is_clear() -> None:
    assert (commands().uploads, commands().uploads_ca, commands().clear_clips) == ((), None, False)


@pytest.mark.parametrize(
    "origin",
    [
        "https://media.city.example",
        "https://10.0.0.7:8443",
        "https://[fd00::7]",
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "http://localhost",
    ],
)
def test_a_receiver_is_reached_by_tls_or_is_the_box_itself(origin: str) -> None:
    assert commands(uploads=[origin]).uploads == (origin,)


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("http://media.city.example", "use https"),
        ("http://10.0.0.7:9000", "use https"),
        ("http://127.0.0.1.city.example", "use https"),
        ("https://media.city.example/inbox", "pattern"),
        ("https://user@media.city.example", "pattern"),
        ("ftp://media.city.example", "pattern"),
        ("media.city.example", "pattern"),
    ],
)
def test_no_other_is(origin: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        commands(uploads=[origin])
