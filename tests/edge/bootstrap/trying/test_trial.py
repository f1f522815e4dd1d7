"""What a dry run takes of the messages that there would have been."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.bootstrap.trying import trial
from edge.bootstrap.trying.trial import Footage, Shown, Told, tried
from edge.clock import ClockState
from edge.codes.table import load_table
from edge.domain.lane import Lane
from edge.domain.rule import IncidentType
from edge.errors import ConfigError
from edge.settings import load_settings
from edge.store.journal import JSON
from edge.store.message import Message
from edge.wire.box import BoxIdentity
from edge.wire.incident import incident_message
from streams.errors import StreamError
from tests.console_app import CONFIGURATION
from tests.incidents import NOON, an_incident, cleared


def messages(kind: IncidentType) -> Iterator[Message]:
    """Yield an opening with two pictures, and a clearing with one."""
    opened = an_incident("a", type=kind)
    for incident, stills in (
        (opened, ("first.jpg", "opened.jpg")),
        (cleared(opened), ("cleared.jpg",)),
    ):
        payload = incident_message(
            incident,
            box=BoxIdentity("box-01"),
            seq=1,
            clock=ClockState(),
            category=load_table("GB/T 30428.2-2013").category(kind),
        )
        yield Message(Lane.STREET, 1, "incidents", JSON, payload)
        for name in stills:
            yield Message(Lane.STREET, None, f"evidence/a/{name}", "image/jpeg", name.encode())


@pytest.mark.parametrize(
    ("kind", "plates"), [(IncidentType.MOTOR_PARKING, False), (IncidentType.MATERIAL_PILE, True)]
)
def test_the_still_of_the_telling_leaves_the_process_redacted_and_no_other_does(
    kind: IncidentType, plates: bool
) -> None:
    asked = []

    def redact(jpeg: bytes, plates: bool) -> bytes:
        asked.append((jpeg, plates))
        return b"nobody"

    happened = list(trial._events(messages(kind), redact))
    opening, shown, ending = happened
    assert shown == Shown("a", b"nobody")
    assert asked == [(b"opened.jpg", plates)]
    assert isinstance(opening, Told)
    assert isinstance(ending, Told)
    assert (opening.find.type, opening.find.first_seen_at) == (kind, NOON)
    assert opening.find.cleared_at is None
    assert ending.find.cleared_at == NOON + timedelta(seconds=240)


def test_what_cannot_be_looked_at_is_told_before_networks_are_loaded(tmp_path: Path) -> None:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(CONFIGURATION, encoding="utf-8")
    settings = load_settings(config)
    footage = Footage(tmp_path / "none.mp4", datetime.now(UTC))
    empty = Footage(tmp_path, datetime.now(UTC))
    with pytest.raises(StreamError, match="no such recording"):
        next(tried(settings, "west", footage, redact=lambda jpeg, _: jpeg))
    with pytest.raises(StreamError, match="nothing is kept of this camera's last hour"):
        next(tried(settings, "west", empty, redact=lambda jpeg, _: jpeg))
    with pytest.raises(ConfigError, match="no rule to try"):
        next(tried(settings, "east", footage, redact=lambda jpeg, _: jpeg))
