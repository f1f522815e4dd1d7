"""The page about webhooks: its example verifies what the box signs, its configuration loads."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from edge.delivery.courier import LONGEST_WAIT_S
from edge.delivery.signature import signed
from edge.delivery.webhook import LONGEST_ASKED_WAIT_S
from edge.domain.subscription import Kind
from edge.settings.webhooks import Webhook

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text("utf-8")
SECRET, BODY = "a secret that both know", '{"type":"motor_parking","name":"机动车乱停放"}'.encode()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.+?)```", PAGE, re.S)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def verified() -> Callable[..., bool]:
    names: dict[str, Callable[..., bool]] = {}
    exec(block("python"), names)
    return names["verified"]


def test_the_example_knows_what_the_box_has_signed(verified: Callable[..., bool]) -> None:
    header = signed(BODY, secret=SECRET, at_s=int(time.time()))
    assert verified(SECRET, header, BODY)


def test_the_example_refuses_everything_else(verified: Callable[..., bool]) -> None:
    now_s = int(time.time())
    header = signed(BODY, secret=SECRET, at_s=now_s)
    assert not verified("another secret", header, BODY)
    assert not verified(SECRET, header, BODY + b" ")
    assert not verified(SECRET, header.replace(f"t={now_s}", f"t={now_s - 1}"), BODY)
    assert not verified(SECRET, signed(BODY, secret=SECRET, at_s=now_s - 301), BODY)
    assert not verified(SECRET, signed(BODY, secret=SECRET, at_s=now_s + 330), BODY)
    for broken in ("", "t=,v1=", f"t={now_s}", "v1=00", f"t={now_s},v1=é", "t=¹,v1=0"):
        assert not verified(SECRET, broken, BODY)


def test_the_configuration_of_the_page_is_one() -> None:
    for hook in yaml.safe_load(block("yaml"))["webhooks"]:
        assert Webhook(**hook).name


@pytest.mark.parametrize("kind", Kind)
def test_the_page_explains_every_kind(kind: Kind) -> None:
    assert f"\n| `{kind}` |" in PAGE


def test_the_page_gives_the_longest_waits() -> None:
    assert (LONGEST_WAIT_S, LONGEST_ASKED_WAIT_S) == (5 * 60, 15 * 60)
    assert "up to five minutes" in PAGE
    assert "up to 15 minutes" in PAGE
