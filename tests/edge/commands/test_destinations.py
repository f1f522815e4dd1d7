"""Addresses that clips may be sent to, and the many that look like them."""

import pytest

from edge.commands.destinations import Destinations, shown

BASES = ("https://media.city.example/inbox", "https://other.example:8443", "http://127.0.0.1:9000/")


@pytest.mark.parametrize(
    "url",
    [
        "https://media.city.example/inbox/a.mp4",
        "https://media.city.example:443/inbox/2026/a.mp4?signature=x%2Fy",
        "https://MEDIA.city.example./inbox/a.mp4",
        "https://other.example:8443/a",
        "http://127.0.0.1:9000/a",
        "https://media.city.example/inbox/%E4%B8%AD.mp4",
    ],
)
def test_what_lies_below_a_base_is_allowed(url: str) -> None:
    assert Destinations(BASES).allow(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://media.city.example/inbox/a.mp4",
        "https://media.city.example/inbox",
        "https://media.city.example/inbox/",
        "https://media.city.example/inboxes/a.mp4",
        "https://media.city.example/other/a.mp4",
        "https://media.city.example:444/inbox/a.mp4",
        "https://media.city.example:99999/inbox/a.mp4",
        "https://media.city.example/inbox/../admin",
        "https://media.city.example/inbox/./a.mp4",
        "https://media.city.example/inbox/%2e%2e/admin",
        "https://media.city.example/inbox/%252e%252e/admin",
        "https://media.city.example/inbox/..%2fadmin",
        "https://media.city.example/inbox/a%00.mp4",
        "https://media.city.example/inbox\\..\\admin",
        "https://media.city.example/inbox/a b",
        "https://media.city.example/inbox/a\r\nHost: evil.example",
        "https://media.city.example/inbox/a.mp4#evil",
        "https://user:word@media.city.example/inbox/a.mp4",
        "https://media.city.example@evil.example/inbox/a.mp4",
        "https://media.city.example.evil.example/inbox/a.mp4",
        "https://evil.example/https://media.city.example/inbox/a.mp4",
        "https://[::1/inbox/a.mp4",
        "https:///inbox/a.mp4",
        "//media.city.example/inbox/a.mp4",
        "file:///etc/passwd",
        "ftp://media.city.example/inbox/a.mp4",
        "https://media.city.exämple/inbox/a.mp4",
        "http://127.0.0.1:9001/a",
        "http://localhost:9000/a",
        "",
    ],
)
def test_nothing_else_is(url: str) -> None:
    assert not Destinations(BASES).allow(url)


def test_without_a_base_nothing_is_allowed() -> None:
    assert not Destinations(()).allow("https://media.city.example/inbox/a.mp4")


def test_a_permit_in_an_address_is_not_shown() -> None:
    assert shown("https://media.city.example/inbox/a.mp4?signature=secret") == (
        "https://media.city.example/inbox/a.mp4"
    )
