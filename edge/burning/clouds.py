"""Smoke and flame as the rules see them: the classical watch, put into the domain's words."""

from collections.abc import Iterator, Sequence

from edge.burning.plumes import Plume
from edge.burning.watch import SmokeWatch
from edge.domain.geometry import Polygon
from edge.domain.scene import Cloud, CloudReport, Subject
from models.faces import Picture


class Clouds:
    """Looks for smoke and flame on one camera; used by one thread."""

    def __init__(self, *, zones: Sequence[Polygon], sky: Sequence[Polygon]) -> None:
        """Watch zones, but not the sky: clouds are smoke to every cue there is."""
        self._watch = SmokeWatch(only=zones, ignore=sky)
        self.report = CloudReport()
        """What is known after the last picture."""

    def wants(self, mono_s: float) -> bool:
        """Return whether a picture of this stream time would be looked at."""
        return self._watch.wants(mono_s)

    def observe(self, picture: Picture, mono_s: float) -> None:
        """Look at a small ``(h, w, 3)`` BGR picture."""
        burning = self._watch.observe(picture, mono_s)
        self.report = CloudReport(
            (*_clouds(Subject.SMOKE, burning.smoke), *_clouds(Subject.FLAME, burning.flame)),
            watching=burning.enough_frames,
            suspicious=burning.suspicious,
        )


def _clouds(subject: Subject, plumes: Sequence[Plume]) -> Iterator[Cloud]:
    for plume in plumes:
        yield Cloud(
            subject,
            plume.box_xyxy,
            plume.age_s,
            plume.score,
            plume.alarm,
            plume.evidence,
            plume.missing,
        )
