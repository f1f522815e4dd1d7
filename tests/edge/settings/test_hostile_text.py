"""Texts that nobody would write as a configuration, and what is said of them."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.errors import ConfigError
from edge.settings.load import InvalidTextError, parse_settings


def outcome(text: str) -> str:
    """Return what is said of a text, nothing if it is accepted."""
    try:
        parse_settings(Path("gridwatch.yaml"), text)
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("box: " + "[" * 5000, ":1: is no valid YAML: is nested deeper than 50 levels"),
        ("box: " + "{a: " * 3000, ":1: is no valid YAML: is nested deeper than 50 levels"),
        ("workers: " + "9" * 6000, ":1: is no valid YAML: has a value that cannot be read as int"),
        ("workers: !!bool maybe", ":1: is no valid YAML: has a value that cannot be read as bool"),
        ("box: {}\nmqtt: {}\nbox: {id: b}", ":3: is no valid YAML: has the key 'box' twice"),
        ("box: {id: a, id: b}", ":1: is no valid YAML: has the key 'id' twice; keep one of them"),
        ("box: &a {id: *a}", ":1: box.id: Input should be a valid string"),
        ("cameras: &a [*a]", ":1: cameras[0]: "),
        ("box: {id: '\x07'}", "is no valid YAML: the character U+0007 is not allowed"),
        ("mqtt: {keepalive: 99999999999999d}", ":1: mqtt.keepalive: is longer than 36500d"),
        ("mqtt: {keepalive: .inf}", ":1: mqtt.keepalive: is longer than 36500d"),
        ("mqtt: {keepalive: " + "9" * 400 + "}", ":1: mqtt.keepalive: is longer than 36500d"),
        ("mqtt: {keepalive: .nan}", ":1: mqtt.keepalive: "),
        ("box: !!python/object/apply:os.system [echo]", "could not determine a constructor"),
        ("box: {time_zone: Asia}", ":1: box.time_zone: 'Asia' is no IANA time zone"),
        (
            "cameras: [{id: a, url: u, zones: [{id: z, polygon: [[0, 0], [1, 0], [0, 1]], "
            "rules: [{type: []}]}]}]",
            "[] is no rule; use one of: ",
        ),
        ("box: {}\n---\nbox: {}", "found another document"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    assert said in outcome(text)


def test_aliases_that_multiply_are_refused_before_they_fill_the_memory() -> None:
    layers = ["cameras: &a [x, x, x, x, x, x, x, x, x]"]
    layers += [
        f"{new}: &{new} [{', '.join(9 * [f'*{old}'])}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert "cameras[0]" in outcome("\n".join(layers))


@settings(max_examples=200, deadline=timedelta(seconds=5))
@given(st.text(max_size=300))
def test_any_text_is_accepted_or_refused_in_words(text: str) -> None:
    assert "\n" not in outcome(text)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidTextError) as caught:
        parse_settings(Path("g.yaml"), "box: {id: '!'}\nworkers: -1.5\nmqtt: {in_flight: 0}\n")
    assert {fault.key for fault in caught.value.faults} >= {"box.id", "mqtt.in_flight"}
