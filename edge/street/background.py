"""What stands where nothing stood before: a background learnt at two rates, pixel by pixel.

Dwell belongs to the pixel: every pixel has a slow background and one candidate for something else,
which gains time while it is seen and loses time while it is not (a majority vote in time, after
Boyer and Moore). A passer-by costs the candidate a little, the background seen again costs it much.
Nothing is tracked, so nothing can be lost by a crossing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.pixels.shake import displacement, undo
from edge.street.tone import STEP_LEVELS, Picture, Tone, match_tone, unchanged

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

TOLERANCE = np.array([14, 7, 7], np.uint8)
"""Levels of Y, Cr and Cb within which a pixel is the same."""

CANDIDATE_TAU_S = 4.0
BACKGROUND_TAU_S = 40.0
LOSS_BACKGROUND = 4.0
"""Seconds a candidate loses per second in which the background is seen in its place."""

LEAST_VOTES_S = 3.0
LEAST_LOOKS = 3.0
SEEN_SHARE = 0.5
GHOST_S = 3.0
"""A background seen for less was something passing when the camera began."""

VETO_SHARE = 0.5
"""More of the picture than any traffic changes: no votes on such a picture."""

REBASE_AFTER_S = 8.0
LONGEST_STEP_S = 15.0
"""A longer gap between two pictures does not count as seen."""

RESTLESS_LEVELS = 12
STILL_PX = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One picture as the background model sees it.

    Attributes:
        picture: ``(h, w, 3)`` uint8 Y, Cr, Cb, smoothed, shake and light taken out.
        is_background: ``(h, w)``, where the background shows.
        usable: False if too much changed at once.
        rebased: True if the background was given up and begun anew.
        mono_s: Stream time.
    """

    picture: Picture
    is_background: Mask
    usable: bool
    rebased: bool
    mono_s: float


class Background:
    """The two-rate background of one camera; used by one thread."""

    def __init__(self, *, survive_s: float) -> None:
        """Begin with the first picture.

        Args:
            survive_s: How long something that stands may be covered without being forgotten.
        """
        self._survive_s = float(np.clip(survive_s, 10, 60))
        self._restless_tau_s = max(5.0, survive_s / 2)
        self._begun = False
        self._tone: Tone = unchanged()
        self._vetoed_since_s: float | None = None
        self.stepped_s = float("-inf")
        """Stream time of the last step of the light."""
        self.at_s = 0.0

    @property
    def differing(self) -> bool:
        """Return whether anything may have come to stand, or nothing has been seen yet."""
        return not self._begun or bool(self.differs.any())

    def observe(self, ycrcb: Picture, mono_s: float) -> View:
        """Learn from a picture ``(h, w, 3)`` of Y, Cr, Cb and return how it looks."""
        now = np.asarray(cv2.blur(ycrcb, (3, 3)), np.uint8)
        if not self._begun or now.shape != self.slow_u8.shape:
            self._begin(now, mono_s)
            return View(now, np.ones(now.shape[:2], bool), True, True, mono_s)
        elapsed_s = float(np.clip(mono_s - self.at_s, 0.0, LONGEST_STEP_S))
        self.at_s = mono_s
        now = self._steadied(now)
        toned = self._toned(now, mono_s)
        is_background = self._shows_background(toned)
        changed = 1.0 - float(np.count_nonzero(is_background)) / is_background.size
        if changed > VETO_SHARE:
            return self._veto(now, toned, is_background, mono_s)
        self._vetoed_since_s = None
        self._vote(toned, is_background, elapsed_s, mono_s)
        self._learn(toned, is_background, elapsed_s)
        self._was_background = is_background
        return View(toned, is_background, True, False, mono_s)

    def _begin(self, now: Picture, mono_s: float) -> None:
        shape = now.shape[:2]
        self.slow = now.astype(np.float32)
        """``(h, w, 3)`` the background."""
        self.candidate = now.astype(np.float32)
        """``(h, w, 3)`` what stands there instead."""
        self.slow_u8: Picture = now.copy()
        self.candidate_u8: Picture = now.copy()
        self._tolerance = np.broadcast_to(TOLERANCE, now.shape).copy()
        self.votes_s = np.zeros(shape, np.float32)
        self.since_s = np.full(shape, mono_s, np.float64)
        """When the candidate was first seen."""
        self.seen_s = np.zeros(shape, np.float32)
        """For how long it was seen in all."""
        self.known_s = np.zeros(shape, np.float32)
        """For how long the background was seen."""
        self.restless = np.zeros(shape, np.float32)
        self.wobble = np.zeros(shape, np.float32)
        self.differs = np.zeros(shape, bool)
        """Where the candidate is not the background."""
        self.held = np.zeros(shape, bool)
        """Where something stands that was told: the background is not learnt there."""
        self._was_background = np.ones(shape, bool)
        self._interval_s = 0.0
        self.at_s = mono_s
        self._begun = True
        self._bounds()

    def saved(self) -> dict[str, Picture]:
        """Return what is worth keeping over a restart; empty before the first picture."""
        return {"background": self.slow_u8} if self._begun else {}

    def restore(self, kept: Mapping[str, Picture], mono_s: float) -> None:
        """Go on with a background that was kept; what differs from it has just come."""
        if "background" in kept:
            self._begin(kept["background"], mono_s)
            self.known_s[:] = GHOST_S

    def _steadied(self, now: Picture) -> Picture:
        firm = self.votes_s >= LEAST_VOTES_S
        reference = np.where(firm, _luma(self.candidate_u8), _luma(self.slow_u8))
        luma = _luma(now)
        shift = displacement(luma, reference, self._was_background)
        if np.abs(shift).max() < STILL_PX:
            return now
        moved = undo(now, shift)
        before = cv2.mean(cv2.absdiff(luma, reference))[0]
        after = cv2.mean(cv2.absdiff(_luma(moved), reference))[0]
        return moved if after < before else now

    def _toned(self, now: Picture, mono_s: float) -> Picture:
        tone = match_tone(now, self.slow_u8, self._was_background & ~self.held)
        if tone is None:
            tone = self._tone
        elif tone.jump(self._tone) > STEP_LEVELS:
            self.stepped_s = mono_s
        self._tone = tone
        return tone.apply(now)

    def _bounds(self) -> None:
        """Work out between which levels a pixel of the background may lie."""
        kernel = np.ones((3, 3), np.uint8)
        low = cv2.erode(self.slow_u8, kernel)
        high = cv2.dilate(self.slow_u8, kernel)
        self._low = cv2.subtract(low, self._tolerance)
        self._high = cv2.add(high, self._tolerance)

    def _shows_background(self, now: Picture) -> Mask:
        return np.asarray(cv2.inRange(now, self._low, self._high), np.uint8) > 0

    def same(self, now: Picture, then: Picture) -> Mask:
        """Return ``(h, w)``, where two pictures agree within the tolerance."""
        difference = cv2.absdiff(now, then)
        limit = tuple(float(one) for one in TOLERANCE)
        return np.asarray(cv2.inRange(difference, (0, 0, 0), limit), np.uint8) > 0

    def _veto(self, now: Picture, toned: Picture, shown: Mask, mono_s: float) -> View:
        if self._vetoed_since_s is None:
            self._vetoed_since_s = mono_s
        rebase = mono_s - self._vetoed_since_s >= REBASE_AFTER_S
        if rebase:
            self._vetoed_since_s = None
            self._rebase(now, mono_s)
        return View(toned, shown, False, rebase, mono_s)

    def _rebase(self, now: Picture, mono_s: float) -> None:
        """Begin anew with a picture, but keep where something stands that was told."""
        held = self.held
        self._begin(now, mono_s)
        self._tone = unchanged()
        self.held = held

    def _vote(self, now: Picture, shown: Mask, elapsed_s: float, mono_s: float) -> None:
        alike = self.same(now, self.candidate_u8)
        # NumPy would work out a choice of two numbers in twice the width.
        gained_s, lost_s = np.float32(elapsed_s), np.float32(LOSS_BACKGROUND * elapsed_s)
        change_s = np.where(shown, -lost_s, -gained_s)
        np.copyto(change_s, gained_s, where=alike)
        votes = self.votes_s
        votes += change_s
        self.differs = ~self.same(self.candidate_u8, self.slow_u8)
        most_s = np.where(self.differs, np.float32(self._survive_s), np.float32(1.0))
        np.minimum(votes, most_s, out=votes)
        self._judge_rest(now, alike, elapsed_s)
        self.seen_s += alike * gained_s
        # Small steps follow a slow change; a large step takes the newest as it is.
        weight = min(elapsed_s / CANDIDATE_TAU_S, 0.5)
        cv2.accumulateWeighted(now, self.candidate, weight, mask=alike.view(np.uint8))
        dead = np.flatnonzero(votes <= 0)
        if dead.size:
            self.candidate.reshape(-1, 3)[dead] = now.reshape(-1, 3)[dead]
            self.since_s.reshape(-1)[dead] = mono_s
            for one in (self.seen_s, self.restless, self.wobble, votes):
                one.reshape(-1)[dead] = 0
        self.candidate_u8 = _levels(self.candidate)
        self._interval_s = elapsed_s

    def _judge_rest(self, now: Picture, alike: Mask, elapsed_s: float) -> None:
        """Note how restless candidates are: somebody who stands is never as still as a thing."""
        if not (self.differs & (self.votes_s > 0)).any():
            return
        weight = min(elapsed_s / self._restless_tau_s, 0.5)
        kernel = np.ones((3, 3), np.uint8)
        candidate = self.candidate_u8
        low = cv2.subtract(cv2.erode(candidate, kernel), self._tolerance)
        high = cv2.add(cv2.dilate(candidate, kernel), self._tolerance)
        nearly = np.asarray(cv2.inRange(now, low, high), np.uint8) > 0
        off = cv2.absdiff(_luma(now), _luma(candidate)) > RESTLESS_LEVELS
        self.restless += weight * (off - self.restless)
        self.wobble += weight * ((nearly & ~alike) - self.wobble)

    def _learn(self, now: Picture, shown: Mask, elapsed_s: float) -> None:
        learnable = shown & ~self.held
        weight = min(elapsed_s / BACKGROUND_TAU_S, 0.2)
        cv2.accumulateWeighted(now, self.slow, weight, mask=learnable.view(np.uint8))
        self.known_s += shown * np.float32(elapsed_s)
        settled = (self.votes_s >= LEAST_VOTES_S) & (self.known_s < GHOST_S) & ~self.held
        if settled.any():
            self.adopt(settled)
        self.slow_u8 = _levels(self.slow)
        self._bounds()

    def standing(self) -> Mask:
        """Return ``(h, w)``, where something stands that is not the background."""
        enough_s = max(LEAST_VOTES_S, LEAST_LOOKS * self._interval_s)
        firm = self.differs & (self.votes_s >= min(enough_s, self._survive_s))
        if not firm.any():
            return firm
        age_s = self.at_s - self.since_s
        steady = self.seen_s >= SEEN_SHARE * age_s
        return firm & steady

    def adopt(self, mask: Mask) -> None:
        """Let what stands under a mask be the background from now on."""
        self.slow[mask] = self.candidate[mask]
        self.slow_u8 = _levels(self.slow)
        self.known_s[mask] = GHOST_S
        self.differs[mask] = False
        self.votes_s[mask] = np.minimum(self.votes_s[mask], 1.0)


def _levels(picture: Floats) -> Picture:
    return np.asarray(cv2.convertScaleAbs(picture), np.uint8)


def _luma(picture: Picture) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.extractChannel(picture, 0), np.uint8)
