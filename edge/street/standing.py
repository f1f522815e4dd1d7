"""One thing that stands, while it is being watched: what every look adds to its account."""

from dataclasses import dataclass, field

from edge.domain.geometry import Box
from edge.domain.scene import Evidence, Place, Presence, Subject
from edge.street.appearance import FOLLOW_EVERY_S, Appearance, Showing
from edge.street.tone import Picture

SETTLED_S = 20.0
"""So long a place must show the same other surface before what stood there is taken for gone."""

FAINT_OUTLINE = 0.45
"""Of the thing's own outline: what is left of it is no thing."""

UNLIKE_S = 20.0
"""A thing that a network sees but that has looked different for so long is another one."""

ESTABLISHED = 4
NAMED_AFTER = 2
"""Looks that must agree on what a thing is."""

QUESTIONED_AFTER = 3
"""Close looks after which a network's silence says something."""


@dataclass(slots=True)
class Tally:
    """Looks that found something and looks that did not."""

    hits: float = 0.0
    misses: float = 0.0

    def share(self) -> float:
        """Return the share of hits, 0 before the first look."""
        looks = self.hits + self.misses
        return self.hits / looks if looks else 0.0


@dataclass(slots=True, eq=False)
class Standing:
    """The account of one place; changed only by the book it is in.

    Attributes:
        box: Shares of the picture.
        area: Share of the picture.
        since_s: Stream time at which it came to stand.
        seen_s: Stream time of the last look that found it.
        looks: Of the detector and of the outline: whether it stands like a thing.
        scores: Detector scores, summed.
        named: How often the detector called it something.
        asked: How often a network was asked for its name.
        appearance: None until the small picture has been cut.
        cut: Its looks when they were cut, until their outline is asked for; few ever are.
        cut_outline: Gradient along that outline, once it was asked for.
        static: Whether it stands out of the background.
        attended: Looks at which people were at it.
        absent_since_s: When it was found gone, if it is.
        other: What was seen there instead, and since when.
        neighbour_left_s: When a neighbour last moved off.
        arrival_seen: Whether the camera was watching when it came.
        doubted: Whether the last judgement of its outline was against a thing.
        unlike_since_s: Since when a network has seen something else there.
        unfollowed_s: For how long it has been seen since its looks last followed it.
    """

    id: int
    subject: Subject
    label: str
    box: Box
    area: float
    since_s: float
    seen_s: float
    appearance: Appearance | None = None
    cut: Appearance | None = None
    cut_outline: float = 0.0
    static: bool = False
    presence: Presence = Presence.PRESENT
    looks: Tally = field(default_factory=Tally)
    scores: float = 0.0
    named: int = 0
    asked: int = 0
    attended: Tally = field(default_factory=Tally)
    absent_since_s: float | None = None
    other: tuple[Picture, float] | None = None
    neighbour_left_s: float | None = None
    arrival_seen: bool = True
    doubted: bool = False
    unlike_since_s: float | None = None
    unfollowed_s: float = 0.0

    def recut(self, appearance: Appearance | None) -> None:
        """Take another cut of the picture as the place's looks."""
        self.appearance = appearance
        self.cut, self.cut_outline = appearance, 0.0
        self.other = None

    @property
    def outline(self) -> float:
        """Return the gradient along its outline when its looks were cut, 0 without looks."""
        if self.cut is not None:
            self.cut_outline, self.cut = self.cut.own_outline(), None
        return self.cut_outline

    def found(self, mono_s: float) -> None:
        """Note that a look found it."""
        self.presence = Presence.PRESENT
        self.seen_s = mono_s
        self.absent_since_s = None
        self.other = None

    def hidden(self) -> None:
        """Note that a look could not tell."""
        self.presence = Presence.OCCLUDED

    def missed(self, mono_s: float) -> None:
        """Note that a look saw what is behind it."""
        self.presence = Presence.ABSENT
        if self.absent_since_s is None:
            self.absent_since_s = mono_s

    def compare(
        self, picture: Picture, mono_s: float, *, open_view: bool, elapsed_s: float
    ) -> None:
        """Look at the place on a picture.

        Args:
            picture: Small, in the light of the background.
            mono_s: Stream time.
            open_view: Whether the background shows around it and nothing is in front of it: only
                then can something else than the thing mean that it has gone.
            elapsed_s: Since the last comparison.
        """
        if self.appearance is None:
            return
        match self.appearance.showing(picture):
            case Showing.THING:
                self.found(mono_s)
                self.unfollowed_s += elapsed_s
                if self.unfollowed_s >= FOLLOW_EVERY_S:
                    self.appearance = self.appearance.follow(picture, self.unfollowed_s)
                    self.unfollowed_s = 0.0
            case Showing.BEHIND:
                self.missed(mono_s)
            case Showing.OTHER if open_view:
                self._watch_other(picture, mono_s)
            case Showing.OTHER:
                self.other = None
                self.hidden()

    def _watch_other(self, picture: Picture, mono_s: float) -> None:
        """Neither the thing nor what is behind it: gone only once that has settled.

        A strong outline says that another thing stands there, which is not the place empty.
        """
        looks = self.appearance
        assert looks is not None
        if self.other is None or not looks.settled(picture, self.other[0]):
            self.other = (looks.crop(picture).copy(), mono_s)
        settled = mono_s - self.other[1] >= SETTLED_S
        if settled and looks.outline(picture) < FAINT_OUTLINE * self.outline:
            self.missed(mono_s)
        else:
            self.hidden()

    def detected(self, label: str, score: float, subject: Subject, mono_s: float) -> None:
        """Note that a network found it."""
        self.named += 1
        self.scores += score
        self.looks.hits += 1
        if self.subject is Subject.OBJECT or self.label == "":
            self.subject, self.label = subject, label
        self.found(mono_s)

    def _in_doubt(self) -> bool:
        return self.doubted and not self.named and self.presence is Presence.PRESENT

    def as_place(self) -> Place:
        """Return the row that rules see."""
        evidence: list[Evidence] = []
        missing: list[Evidence] = []
        for present, kind in (
            (self.named >= NAMED_AFTER, Evidence.DETECTOR),
            (self.static, Evidence.STATIC_FOREGROUND),
        ):
            (evidence if present else missing).append(kind)
        return Place(
            id=self.id,
            subject=self.subject,
            label=self.label,
            box=self.box,
            area=self.area,
            since_s=self.since_s,
            seen_s=self.seen_s,
            presence=Presence.OCCLUDED if self._in_doubt() else self.presence,
            steadiness=self.looks.share(),
            score=self.scores / self.named if self.named else 0.0,
            evidence=tuple(evidence),
            missing=tuple(missing),
            attended=self.attended.share(),
            questioned=self.asked >= QUESTIONED_AFTER,
            arrival_seen=self.arrival_seen,
            neighbour_left_s=self.neighbour_left_s,
        )
