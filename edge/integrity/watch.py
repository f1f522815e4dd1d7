"""Can a camera still see what its zones were drawn on? Answered from a picture now and then.

A picture is compared with a slow reference of the same camera. The reference learns only from
pictures that nothing is wrong with; what comes slowly is weather, what comes suddenly is a fault.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from edge.integrity.align import Move, find, fit, taken_back
from edge.integrity.look import BRIGHT, Look, look
from edge.integrity.reference import Reference, restored
from edge.integrity.signs import Onset, Suspicion

Floats = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]

RECENT_TAU_S = 5.0
"""Edges are averaged over this time: those who walk by fade."""

TEXTURED = 0.04
"""Contrast of a tile that shows something."""

LOST = 0.3
"""Share of its usual contrast below which a tile has lost it."""

HARDLY_LOST = 0.7
LEAST_TILES = 6
"""Of 144, that must show something before anything is said."""

RICH_TILES = 48
"""Of 144, from which on a scene is not bare."""

BARE_TILES = 3
FADED_FIT = 0.9
"""Share of the usual fit below which a move is looked for."""

LEAST_FIT = 0.3
BETTER_FIT = 0.12
"""By which the moved view must fit better than the place where it should be."""

LEAST_STEP = 2.0
"""Luma levels between which a tile tells whether it is sharp."""

DIMMED = 0.5
FIND_EVERY_S = 5.0
DARK_SPREAD = 6.0
LAMPS = 0.0005
"""Share of a night's picture that a lamp fills at least."""

LEAST_TOLD = 0.005
LONGEST_STEP_S = 5.0
"""A pause in the pictures counts as no more than this."""


STEEP_SHARE = 0.3
"""Edges that a ninth of the view must have to say that it has not moved."""

QUARTER_TILES, LEAST_QUARTERS = 2, 3
"""Sharpness is judged where it can be told in this many quarters of the picture."""


class FaultKind(StrEnum):
    """What can be wrong with a camera."""

    VIDEO_LOST = "video_lost"
    """Said by the stream, not here."""
    FROZEN = "frozen"
    BLACK = "black"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    MOVED = "moved"
    CLOCK_WRONG = "clock_wrong"
    """Said by the box's clock, not here."""


BLINDING = {
    FaultKind.BLACK: True,
    FaultKind.COVERED: True,
    FaultKind.FROZEN: False,
    FaultKind.MOVED: False,
}
"""Faults of which a picture says nothing about the street, and whether a first sign is enough."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a camera.

    Attributes:
        since_s: Stream time at which it began.
        confidence: In [0, 1].
        detail: For whoever is sent to the camera.
    """

    kind: FaultKind
    since_s: float
    confidence: float
    detail: str


@dataclass(frozen=True, slots=True)
class Patience:
    """When something counts as a fault, and when as over.

    Attributes:
        frozen_s: Identical pictures; longer than a codec goes without a new keyframe.
        black_s: Dark and flat.
        covered_s: No contrast; longer than a bus stands in front.
        defocused_s: Blurred.
        moved_s: Moved or turned.
        well_s: How long it must positively be well again.
        dark_level: Mean luma of a black picture, at most.
        covered_share: Share of the tiles that usually show something and are empty.
        blur: Share of the usual sharpness below which the picture is blurred.
        shift: Share of the picture; less is shake.
        turn_deg: Less is shake.
    """

    frozen_s: float = 60.0
    black_s: float = 20.0
    covered_s: float = 30.0
    defocused_s: float = 60.0
    moved_s: float = 30.0
    well_s: float = 10.0
    dark_level: float = 40.0
    covered_share: float = 0.6
    blur: float = 0.5
    shift: float = 0.02
    turn_deg: float = 1.5


class IntegrityWatch:
    """The faults of one camera."""

    def __init__(self, patience: Patience | None = None) -> None:
        """Begin without a reference: what is wrong from the first picture on is not noticed."""
        self._patience = patience or Patience()
        self._begin()

    def _begin(self) -> None:
        self._reference = Reference()
        after_s = {
            FaultKind.FROZEN: self._patience.frozen_s,
            FaultKind.BLACK: self._patience.black_s,
            FaultKind.COVERED: self._patience.covered_s,
            FaultKind.DEFOCUSED: self._patience.defocused_s,
            FaultKind.MOVED: self._patience.moved_s,
        }
        self._suspicions = {kind: Suspicion(after) for kind, after in after_s.items()}
        self._covering, self._blurring = Onset(), Onset()
        self._recent: Floats | None = None
        self._sample: Grey | None = None
        self._at_s: float | None = None
        self._move: Move | None = None
        self._sought_s = float("-inf")

    def observe(self, luma: Grey, mono_s: float, *, pts_advanced: bool = True) -> tuple[Fault, ...]:
        """Return the present faults after one more picture.

        Args:
            luma: ``(H, W)``; at 0.5 to 5 pictures a second.
            mono_s: Stream time.
            pts_advanced: Whether the stream's own time went on since the picture before; where it
                did not, the picture says nothing.
        """
        if pts_advanced:
            self._take(look(luma), mono_s)
        return self._faults()

    def accept(self) -> None:
        """Forget the reference: the present view is the right one, its zones were drawn anew."""
        self._begin()

    def _faults(self) -> tuple[Fault, ...]:
        return tuple(
            Fault(kind, one.since_s or 0.0, round(one.confidence, 2), one.detail)
            for kind, one in self._suspicions.items()
            if one.present
        )

    def _take(self, seen: Look, mono_s: float) -> None:
        elapsed_s = 0.0 if self._at_s is None else mono_s - self._at_s
        elapsed_s = min(max(elapsed_s, 0.0), LONGEST_STEP_S)
        self._at_s = mono_s
        black = self._black(seen, mono_s)
        self._frozen(seen, mono_s, black=black)
        covered = self._covered(seen, mono_s, black=black)
        blind = black or covered
        recent_fit = self._moved(seen, mono_s, elapsed_s, blind=blind)
        self._defocused(seen, mono_s, blind=blind)
        for suspicion in self._suspicions.values():
            suspicion.settle(mono_s, self._patience.well_s)
        if all(one.since_s is None for one in self._suspicions.values()):
            self._reference.learn(seen, recent_fit, elapsed_s)

    def _black(self, seen: Look, mono_s: float) -> bool:
        dark = seen.level < self._patience.dark_level and seen.bright < LAMPS
        black = dark and seen.spread < DARK_SPREAD
        detail = f"mean luma {seen.level:.0f}, nothing brighter than {BRIGHT}"
        self._suspicions[FaultKind.BLACK].judge(black, mono_s, 0.95, detail)
        return black

    def _frozen(self, seen: Look, mono_s: float, *, black: bool) -> None:
        # A dead flat picture may well be the same twice.
        same = self._sample is not None and np.array_equal(self._sample, seen.sample)
        if not same:
            self._sample = seen.sample
        sign = None if black else same
        detail = "identical pictures although time goes on"
        self._suspicions[FaultKind.FROZEN].judge(sign, mono_s, 0.95, detail)

    def _covered(self, seen: Look, mono_s: float, *, black: bool) -> bool:
        usual = self._reference.contrast > TEXTURED
        if black or not self._reference.learnt or np.count_nonzero(usual) < LEAST_TILES:
            self._suspicions[FaultKind.COVERED].judge(None, mono_s, 0, "")
            return False
        # A lorry in front hides what is usual and shows something else.
        left = (seen.contrast / np.maximum(self._reference.contrast, TEXTURED))[usual]
        showing = int(np.count_nonzero(seen.contrast > TEXTURED))
        lost = min(float((left < LOST).mean()), 1.0 - min(showing / left.size, 1.0))
        # In a bare scene a car that stood for hours and left takes most of the contrast along.
        bare = left.size < RICH_TILES and (
            showing >= BARE_TILES or seen.wide.max() > LEAST_STEP / 2
        )
        ill = lost >= self._patience.covered_share and not bare
        well = not ill and float(np.median(left)) > HARDLY_LOST
        sudden = self._covering.take(well=well, ill=ill, mono_s=mono_s)
        detail = f"{lost:.0%} of what it usually shows is empty, mean luma {seen.level:.0f}"
        self._suspicions[FaultKind.COVERED].judge(sudden, mono_s, min(lost, 0.99), detail)
        return ill

    def _moved(self, seen: Look, mono_s: float, elapsed_s: float, *, blind: bool) -> float | None:
        """Judge the view's place; return how well it fits where it should be, None if unknown."""
        suspicion = self._suspicions[FaultKind.MOVED]
        if blind:
            suspicion.judge(None, mono_s, 0, "")
            return None
        if self._recent is None:
            self._recent = seen.edges.copy()
        weight = np.float32(min(elapsed_s / RECENT_TAU_S, 1.0))
        self._recent += weight * (seen.edges - self._recent)
        if not self._reference.learnt:
            return None
        here = fit(self._recent, self._reference.edges)
        if here >= FADED_FIT * self._reference.usual_fit and not suspicion.present:
            self._move = None
        elif mono_s - self._sought_s >= FIND_EVERY_S:
            self._sought_s = mono_s
            self._move = find(self._recent, self._reference.edges)
        move = self._move
        gone = move is not None and self._is_elsewhere(move, here)
        detail = "" if move is None else _where(move)
        confidence = 0.0 if move is None else min(max(move.fit, 0.0) + 0.3, 0.99)
        suspicion.judge(gone, mono_s, confidence, detail)
        return here

    def _is_elsewhere(self, move: Move, here: float) -> bool:
        fits = move.fit >= max(LEAST_FIT, here + BETTER_FIT)
        beyond = move.beyond(self._patience.shift, self._patience.turn_deg)
        return fits and beyond and not self._partly_here(move)

    def _partly_here(self, move: Move) -> bool:
        """Return whether a part of the view lies where it should: then the rest is something else.

        What stands in front may look like a scene that moved; a camera that moves takes all along.
        A part with edges along the move alone fits both ways and says nothing.
        """
        recent, reference = self._recent, self._reference.edges
        assert recent is not None
        moved = taken_back(recent, move)
        least = STEEP_SHARE * float(reference.std())
        stays = FADED_FIT * self._reference.usual_fit
        for part in ninths_of(reference):
            here, there = (fit(view[part], reference[part]) for view in (recent, moved))
            if float(reference[part].std()) >= least and here >= max(stays, there + BETTER_FIT):
                return True
        return False

    def _defocused(self, seen: Look, mono_s: float, *, blind: bool) -> None:
        suspicion = self._suspicions[FaultKind.DEFOCUSED]
        reference = self._reference
        elsewhere = self._suspicions[FaultKind.MOVED].since_s is not None
        # Steps that night makes small are lost in the noise, the near ones first.
        dim = seen.level < DIMMED * reference.level
        told = (reference.wide > LEAST_STEP) & (reference.near > 0)
        # Where nothing coarse is seen either, what was sharp has left.
        told &= (reference.contrast > TEXTURED) & (seen.wide > LEAST_STEP / 2)
        unsure = blind or elsewhere or dim or not reference.learnt
        quarters = [part for part in quarters_of(told) if np.count_nonzero(part) >= QUARTER_TILES]
        if unsure or len(quarters) < LEAST_QUARTERS:
            suspicion.judge(None, mono_s, 0, "")
            return
        now = seen.near / np.maximum(seen.wide, LEAST_STEP / 2)
        usual = reference.near / np.maximum(reference.wide, LEAST_STEP / 2)
        # A lens blurs all of the picture; what stands in front or drives off takes a part of it.
        left = max(float(np.median(now[part] / usual[part])) for part in quarters)
        limit = self._patience.blur
        well = left > (1 + limit) / 2
        blurred = self._blurring.take(well=well, ill=left < limit, mono_s=mono_s)
        detail = f"{left:.0%} of the usual sharpness"
        suspicion.judge(blurred, mono_s, min(1.0 - left / 2, 0.99), detail)

    def blinded(self) -> FaultKind | None:
        """Return why the last picture says nothing about the street, None if it says something.

        Darkness and what is before the lens count at once, the others when they are faults.
        """
        for kind, at_once in BLINDING.items():
            one = self._suspicions[kind]
            sign = one.since_s is not None and one.well_since_s is None
            if sign and (at_once or one.present):
                return kind
        return None

    def state(self) -> bytes:
        """Return the reference, to be restored after a restart."""
        return self._reference.saved()

    def restore(self, saved: bytes, faults: Collection[FaultKind] = ()) -> None:
        """Take a saved reference.

        Args:
            saved: Of ``state``.
            faults: That were there when it was saved: they are until the picture is well again.

        Raises:
            ValueError: These bytes are none.
        """
        self._reference = restored(saved)
        for kind in faults:
            if kind in self._suspicions:
                self._suspicions[kind].resume()
        self._covering.sudden = True if FaultKind.COVERED in faults else None
        self._blurring.sudden = True if FaultKind.DEFOCUSED in faults else None

    def unseen(self, since_s: float) -> None:
        """Note since which stream time nobody has looked: night may have come, or fog."""
        self._covering.unseen(since_s)
        self._blurring.unseen(since_s)


def ninths_of(picture: Floats) -> Iterator[tuple[slice, slice]]:
    """Yield the ninths of a picture, row by row."""
    height, width = picture.shape
    for row in range(3):
        for column in range(3):
            yield (
                slice(row * height // 3, (row + 1) * height // 3),
                slice(column * width // 3, (column + 1) * width // 3),
            )


def quarters_of(tiles: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.bool_]]:
    """Return those of ``(rows, columns)`` tiles that lie in each quarter of the picture."""
    down, across = tiles.shape[0] // 2, tiles.shape[1] // 2
    parts = []
    for rows in (slice(None, down), slice(down, None)):
        for columns in (slice(None, across), slice(across, None)):
            part = np.zeros(tiles.shape, bool)
            part[rows, columns] = tiles[rows, columns]
            parts.append(part)
    return parts


def _where(move: Move) -> str:
    parts = []
    if abs(move.right) >= LEAST_TOLD:
        parts.append(f"{abs(move.right):.0%} {'right' if move.right > 0 else 'left'}")
    if abs(move.down) >= LEAST_TOLD:
        parts.append(f"{abs(move.down):.0%} {'down' if move.down > 0 else 'up'}")
    if move.turn_deg:
        turn = "clockwise" if move.turn_deg > 0 else "counterclockwise"
        parts.append(f"about {abs(move.turn_deg):.0f} degrees {turn}")
    return "the scene moved " + ", ".join(parts)
