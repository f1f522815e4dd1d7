"""The threshold that keeps strangers out at a wanted rate, whatever the gallery's size.

The cosine of two different people is close to normal (measured: skew -0.01, kurtosis 2.98). With
``N`` people enrolled a stranger is compared N times, so the false-positive identification rate is
``FPIR = 1 - (1 - FMR(t))^N``. The tail beyond 1e-5 is heavier than normal (relatives, look-alikes),
which computing for half the wanted rate makes up for. A gallery's own empirical tail is not used:
below a few hundred people it misses the wanted rate by a factor of ten.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from models.faces import Floats, ImpostorPrior

TAIL_SAFETY = 2.0
LEAST_PEOPLE = 20
"""A gallery of fewer is treated as one of so many: it will grow, and the threshold with it."""

PHOTO_RISE = {1: 0.0, 2: 0.01}
MANY_PHOTOS_RISE = 0.015
FUSED_RISE = 0.01
"""Mean vectors of several pictures have a little wider impostor scores (measured)."""

PRIOR_WEIGHT_PEOPLE = 50
"""How many people of this gallery weigh as much as the prior."""

PAIRS_FOR_INTERVAL = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """Impostor distribution and what follows from it.

    Attributes:
        fpir: Wanted false-positive identification rate.
        threshold: Cosine for one picture against one-photo templates.
        people: Size of the gallery.
        impostors: The distribution used.
        own_mean: Of the gallery's own impostor scores, None with fewer than two people.
        own_sd: As ``own_mean``.
        standard_error: Of ``own_mean``, counting people rather than pairs.
        raised: Whether the gallery's own scores raised the threshold above the prior's.
    """

    fpir: float
    threshold: float
    people: int
    impostors: ImpostorPrior
    own_mean: float | None
    own_sd: float | None
    standard_error: float | None
    raised: bool

    @property
    def confidence(self) -> str:
        """Return in words what the threshold rests on."""
        if self.people < LEAST_PEOPLE:
            return (
                f"low: {self.people} people say little about strangers; the network's own "
                f"measured distribution and a gallery of {LEAST_PEOPLE} are assumed"
            )
        if self.people < PRIOR_WEIGHT_PEOPLE * 4:
            return (
                f"fair: {self.people} people, weighed against the network's own measured "
                "distribution; they can only raise the threshold"
            )
        return f"good: {self.people} people; they can only raise the threshold"


def threshold_for(
    *, people: int, fpir: float, prior: ImpostorPrior, photos: int = 1, fused: bool = False
) -> float:
    """Return the cosine that strangers exceed at the wanted rate.

    Args:
        people: Enrolled people.
        fpir: Wanted rate, in (0, 1).
        prior: Impostor distribution.
        photos: Photos per template.
        fused: Whether the probe is the mean of several frames.
    """
    comparisons = max(people, LEAST_PEOPLE)
    fmr = 1 - (1 - fpir / TAIL_SAFETY) ** (1 / comparisons)
    z = -NormalDist().inv_cdf(fmr)
    rise = PHOTO_RISE.get(photos, MANY_PHOTOS_RISE) + (FUSED_RISE if fused else 0.0)
    return prior.mean + prior.sd * z + rise


def calibrate(vectors: Floats, *, fpir: float, prior: ImpostorPrior) -> Calibration:
    """Return the calibration of a gallery.

    Args:
        vectors: ``(N, D)`` unit vectors, one per person.
        fpir: Wanted rate.
        prior: The network's distribution. The gallery's own is shrunk towards it, and used only
            where it raises the threshold: relatives and a uniform population need a higher one.
    """
    people = len(vectors)
    base = threshold_for(people=people, fpir=fpir, prior=prior)
    if people < 2:  # noqa: PLR2004 - a pair needs two
        return Calibration(fpir, base, people, prior, None, None, None, raised=False)
    scores = (vectors @ vectors.T)[np.triu_indices(people, k=1)]
    own_mean, own_sd = float(scores.mean()), float(scores.std())
    weight = people / (people + PRIOR_WEIGHT_PEOPLE)
    shrunk = ImpostorPrior(
        weight * own_mean + (1 - weight) * prior.mean, weight * own_sd + (1 - weight) * prior.sd
    )
    own = threshold_for(people=people, fpir=fpir, prior=shrunk)
    raised = own > base
    return Calibration(
        fpir=fpir,
        threshold=max(own, base),
        people=people,
        impostors=shrunk if raised else prior,
        own_mean=own_mean,
        own_sd=own_sd,
        standard_error=own_sd / float(np.sqrt(people)),
        raised=raised,
    )
