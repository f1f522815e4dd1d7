"""The platform's side of the demo: takes what the broker delivers, prints it, keeps the stills."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from edge.demo.table import INCIDENTS, PASSAGES, Message, heading, incident_row, passage_row

Say = Callable[[str], None]
CLIP = "video/mp4"


@dataclass(slots=True)
class Subscriber:
    """What the platform has received, and where it goes.

    Attributes:
        folder: For stills.
        passages_to_come: The street's table begins after so many, as two tables at once cannot
            be read.
        passages: Newest revision of each passage, by id.
        incidents: All revisions of each incident, by id, but those that only tell of a clip.
        clips: Names of the incidents that have a clip.
        let_go: Pictures that each camera let go, as the machine was too busy to look at them.
    """

    folder: Path
    say: Say
    passages_to_come: int
    passages: dict[str, Message] = field(default_factory=dict)
    incidents: dict[str, list[Message]] = field(default_factory=dict)
    clips: set[str] = field(default_factory=set)
    let_go: dict[str, int] = field(default_factory=dict)
    stills: int = 0
    _kept_back: list[str] = field(default_factory=list)
    _street_begun: bool = False

    def begin(self) -> None:
        """Print the head of the gate's table."""
        self.say(f"\nat the gate:\n{heading(PASSAGES)}")

    def take(self, topic: str, payload: bytes) -> None:
        """Take one message; called on the listener's thread."""
        kind, *rest = topic.split("/")[3:]
        if kind == "evidence":
            self._keep(*rest, payload=payload)
        elif kind == "passages":
            message = json.loads(payload)
            self.passages[message["id"]] = message
            self.say(passage_row(message))
            if len(self.passages) >= self.passages_to_come:
                self.show_street()
        elif kind == "incidents":
            self._take_incident(json.loads(payload))
        elif kind == "health":
            cameras = json.loads(payload)["cameras"]
            self.let_go = {camera["id"]: camera["dropped"] for camera in cameras}

    def _take_incident(self, message: Message) -> None:
        if any(one["media_type"] == CLIP for one in message["evidence"]):
            self.clips.add(message["id"])  # nothing else is new in this revision
            return
        self.incidents.setdefault(message["id"], []).append(message)
        self._kept_back.append(incident_row(message))
        if self._street_begun:
            self.show_street()

    def show_street(self) -> None:
        """Print what the street's table lacks so far."""
        if not self._street_begun:
            self.say(f"\non the street:\n{heading(INCIDENTS)}")
            self._street_begun = True
        for row in self._kept_back:
            self.say(row)
        self._kept_back.clear()

    def _keep(self, message_id: str, name: str, *, payload: bytes) -> None:
        if message_id in self.incidents:
            told = f"{self.incidents[message_id][0]['type']}-{Path(name).stem}"
        else:
            told = self.passages.get(message_id, {}).get("decision", "passage")
        self.stills += 1
        (self.folder / f"{self.stills:02d}-{told}.jpg").write_bytes(payload)
