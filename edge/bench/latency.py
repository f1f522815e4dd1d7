"""From the first sight of a face to the broker's acknowledgement, on the running service."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import yaml

from edge.bootstrap import parts
from edge.bootstrap.service import Service
from edge.clock import SystemClock
from edge.settings import load_settings
from edge.store.journal import Journal

DECIDED = ("resident", "stranger", "watchlist")


@dataclass(frozen=True, slots=True)
class LatencyFigures:
    """Milliseconds over the passages that were decided while the person was there.

    Attributes:
        broker: Where the messages went.
        latencies_ms: One per passage: PUBACK minus the first frame with the face, usable or not.
    """

    broker: str
    latencies_ms: tuple[float, ...]

    @property
    def median_ms(self) -> float:
        """Return the median."""
        return float(np.median(self.latencies_ms))

    @property
    def p95_ms(self) -> float:
        """Return the 95th percentile."""
        return float(np.percentile(self.latencies_ms, 95))


def bench_latency(
    folder: Path, prepare: Callable[[Path], Path], *, broker: str | None
) -> LatencyFigures:
    """Return the latencies of one run of the service on a recording in real time.

    Args:
        folder: Empty; for material and databases.
        prepare: Writes a configuration and a recording below the folder and enrols people.
        broker: ``mqtt://host:port``; None for the embedded one.
    """
    config = prepare(folder)
    if broker is not None:
        _use_broker(config, broker)
    settings = load_settings(config)
    service = Service(settings, config)
    service.run(Event(), end_with_recordings=True)
    acknowledged = dict(service.acknowledged)
    latencies = _latencies(parts.journal_path(settings), acknowledged)
    return LatencyFigures(broker or "embedded", tuple(latencies))


def _use_broker(config: Path, url: str) -> None:
    content: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))
    content["mqtt"]["url"] = url
    config.write_text(yaml.safe_dump(content), encoding="utf-8")


def _latencies(journal: Path, acknowledged: Mapping[int, datetime]) -> list[float]:
    latencies = []
    for payload in Journal(journal, SystemClock()).payloads():
        message = json.loads(payload)
        if message["decision"] in DECIDED and message["revision"] == 1:
            appeared_at = datetime.fromisoformat(message["appeared_at"])
            elapsed = acknowledged[message["seq"]] - appeared_at
            latencies.append(elapsed.total_seconds() * 1e3)
    return latencies
