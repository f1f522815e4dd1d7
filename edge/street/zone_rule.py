"""One rule in one zone of one camera, on the site's terms."""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime

from edge.domain.geometry import Box, foot
from edge.domain.incident import AppliedRule
from edge.domain.rule import Finding, Rule, Terms, Zone
from edge.domain.scene import Scene
from edge.domain.schedule import Permit, Schedule


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A rule, where and when it applies.

    Attributes:
        schedule: When it applies; None always.
        permits: Who may all the same.
        place: Name of the place, shared with other cameras; None for this camera's own.
    """

    rule: Rule
    zone: Zone
    terms: Terms
    schedule: Schedule | None = None
    permits: tuple[Permit, ...] = ()
    place: str | None = None

    @property
    def name(self) -> str:
        """Return what this rule is called on its camera."""
        return f"{self.zone.id}/{self.rule.type}"

    def applied(self) -> AppliedRule:
        """Return what an incident says of the rule."""
        content = json.dumps(asdict(self.terms), sort_keys=True, default=str)
        digest = hashlib.sha256(f"{self.rule.type}{content}".encode()).hexdigest()
        return AppliedRule(self.rule.type, f"sha256:{digest}", self.terms.dwell_s)

    def applies(self, moment: datetime) -> bool:
        """Return whether it applies at an aware moment."""
        return self.schedule is None or self.schedule.applies(moment)

    def permit(self, moment: datetime, box: Box) -> Permit | None:
        """Return who allows a thing to stand where it does, None if nobody does."""
        return next((one for one in self.permits if one.covers(moment, foot(box))), None)

    def findings(self, scene: Scene) -> dict[str, Finding]:
        """Return what it says of a moment, by key; nothing while it does not apply."""
        if not self.applies(scene.utc):
            return {}
        return {one.key: one for one in self.rule.judge(scene, self.zone, self.terms)}
