import pytest

from edge.settings.secrecy import difference, hide_address, hide_camera, restore


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://viewer:hush@cam/1", "rtsp://***@cam/1"),
        ("rtsp://viewer:hu@sh@cam/1", "rtsp://***@cam/1"),
        ("rtsp://viewer:hu/sh@cam/1", "rtsp://***@cam/1"),
        ("rtsp://cam/live?channel=1&subtype=0", "rtsp://cam/live?channel=1&subtype=0"),
        (
            "rtsp://cam/user=admin&password=hush&channel=1",
            "rtsp://cam/user=***&password=***&channel=1",
        ),
        ("http://cam/x?auth=hush", "http://cam/x?auth=***"),
        ("rtsp://cam/1", "rtsp://cam/1"),
    ],
)
def test_an_address_is_shown_without_what_logs_in(address: str, shown: str) -> None:
    assert hide_address(address) == shown


def test_a_camera_comes_back_as_it_was_written() -> None:
    written = {
        "id": "a",
        "url": {"value": "rtsp://u:hush@cam/1"},
        "record_url": {"env": "MAIN_STREAM"},
        "password": "hush",
        "decode": "all",
    }
    shown = hide_camera(written)
    assert "hush" not in str(shown)
    assert shown["record_url"] == {"env": "MAIN_STREAM"}
    assert restore(shown, written) == written


def test_a_difference_says_that_a_secret_changed_and_not_to_what() -> None:
    old = (
        "mqtt:\n  username: a\n  password: first # password: zeroth\n"
        "cameras:\n  - url: rtsp://u:first@cam/1\n"
    )
    new = old.replace("first", "second")
    diff = difference(old, new)
    assert diff.splitlines()[3:] == [
        "-  password: *** # password: ***",
        "+  password: *** (changed) # password: ***",
        " cameras:",
        "-  - url: rtsp://***@cam/1",
        "+  - url: rtsp://***@cam/1 (changed)",
    ]
    assert difference(old, old) == ""


def test_a_webhooks_address_is_a_secret_as_a_whole() -> None:
    old = "webhooks:\n  - {name: a, url: https://chat/hook/first, secret: first}\n"
    new = old.replace("chat/hook/first", "chat/hook/second")
    assert difference(old, new).splitlines()[2:] == [
        "-  - {name: a, url: ***, secret: ***}",
        "+  - {name: a, url: *** (changed), secret: ***}",
    ]


def test_names_of_variables_and_files_are_no_secret() -> None:
    old, new = "mqtt: {password: {env: A}}\n", "mqtt: {password: {file: b}}\n"
    assert difference(old, new).splitlines()[1:] == [f"-{old[:-1]}", f"+{new[:-1]}"]
