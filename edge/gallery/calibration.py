"""The threshold that keeps strangers out at a wanted rate, whatever the gallery's size.

The cosine of two different people is close to normal (measured: skew -0.01, kurtosis 2.98). With
``N`` people enrolled a stranger is compared N times, so the false-positive identification rate is
``FPIR = 1 - (1 - FMR(t))^N``. The tail beyond 1e-5 is heavier than normal (relatives, look-alikes),
which computing for half the wanted rate makes up for. A gallery's own empirical tail is not used:
below a few hundred people it misses the wanted rate by a factor of ten.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import expm1, log1p
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

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

ENOUGH_PEOPLE = 200
"""From here on the gallery's own scores outweigh the prior four to one."""

UNSURE_FPIR = 0.05

RESAMPLES = 200
MOST_RESAMPLED_PEOPLE = 2000
"""A larger gallery is thinned out for the interval, which only makes it wider."""

INTERVAL = (2.5, 97.5)


class Method(StrEnum):
    """Which distribution the threshold was computed from."""

    PRIOR = "prior"
    SHRUNK = "own_shrunk_to_prior"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Impostor distribution and what follows from it.

    Attributes:
        fpir: Wanted false-positive identification rate.
        threshold: Cosine for one picture against this gallery's templates.
        unsure_fpir: Rate up to which similarity is called ``unsure``.
        unsure_threshold: Cosine for that rate; not above ``threshold``.
        people: Size of the gallery.
        impostors: The distribution used.
        method: Where ``impostors`` comes from.
        own_mean: Of the gallery's own impostor scores, None with fewer than two people.
        own_sd: As ``own_mean``.
        standard_error: Of ``own_mean``, counting people rather than pairs, which share people.
        interval: Where 95 % of the gallery's own thresholds, shrunk to the prior, lie when its
            people are drawn again with replacement; None for too few people.
    """

    fpir: float
    threshold: float
    unsure_fpir: float
    unsure_threshold: float
    people: int
    impostors: ImpostorPrior
    method: Method
    own_mean: float | None
    own_sd: float | None
    standard_error: float | None
    interval: tuple[float, float] | None

    @property
    def raised(self) -> bool:
        """Return whether the gallery's own scores raised the threshold above the prior's."""
        return self.method is Method.SHRUNK

    @property
    def confidence(self) -> str:
        """Return in words what the threshold rests on."""
        if self.people < LEAST_PEOPLE:
            return (
                f"low: {self.people} people say little about strangers; the network's own "
                f"measured distribution and a gallery of {LEAST_PEOPLE} are assumed"
            )
        grade = "fair" if self.people < ENOUGH_PEOPLE else "good"
        found = (
            "their own scores are higher than the network's and raised the threshold"
            if self.raised
            else "their own scores are no higher than the network's, whose distribution holds"
        )
        return f"{grade}: {self.people} people; {found}"


def threshold_for(
    *, people: int, fpir: float, prior: ImpostorPrior, photos: int = 1, fused: bool = False
) -> float:
    """Return the cosine that strangers exceed at the wanted rate.

    Args:
        people: Enrolled people; a gallery below ``LEAST_PEOPLE`` is treated as one of so many.
        fpir: Wanted rate, in (0, 1).
        prior: Impostor distribution.
        photos: Photos per template.
        fused: Whether the probe is the mean of several frames.

    Raises:
        ValueError: ``fpir`` is no rate.
    """
    if not 0 < fpir < 1:
        raise ValueError(f"a false-positive identification rate lies in (0, 1), not at {fpir}")
    comparisons = max(people, LEAST_PEOPLE)
    # 1 - (1 - F/2)^(1/N) without the loss of digits that large galleries would bring.
    fmr = -expm1(log1p(-fpir / TAIL_SAFETY) / comparisons)
    z = -NormalDist().inv_cdf(fmr)
    rise = PHOTO_RISE.get(photos, MANY_PHOTOS_RISE) + (FUSED_RISE if fused else 0.0)
    return prior.mean + prior.sd * z + rise


def calibrate(
    vectors: Floats,
    *,
    fpir: float,
    prior: ImpostorPrior,
    photos: int = 1,
    unsure_fpir: float = UNSURE_FPIR,
) -> Calibration:
    """Return the calibration of a gallery.

    Args:
        vectors: ``(N, D)`` unit vectors, one per person.
        fpir: Wanted rate.
        prior: The network's distribution. The gallery's own is shrunk towards it, and used only
            where it raises the threshold: relatives and a uniform population need a higher one.
            Fewer than ``LEAST_PEOPLE`` have no say.
        photos: Photos per template.
        unsure_fpir: Rate up to which a similarity is called ``unsure``.

    Raises:
        ValueError: A rate does not lie in (0, 1).
    """
    people = len(vectors)

    def threshold(impostors: ImpostorPrior, rate: float = fpir) -> float:
        return threshold_for(people=people, fpir=rate, prior=impostors, photos=photos)

    used, method = prior, Method.PRIOR
    own: ImpostorPrior | None = None
    standard_error: float | None = None
    interval: tuple[float, float] | None = None
    if people > 1:
        own = _impostors(vectors, np.ones(people))
        standard_error = own.sd / float(np.sqrt(people))
    if own is not None and people >= LEAST_PEOPLE:
        shrunk = _shrink(own, prior, people)
        if threshold(shrunk) > threshold(prior):
            used, method = shrunk, Method.SHRUNK
        again = _resampled(vectors)
        standard_error = float(np.std([one.mean for one in again]))
        low, high = np.percentile(
            [threshold(_shrink(one, prior, people)) for one in again], INTERVAL
        )
        interval = float(low), float(high)
    return Calibration(
        fpir=fpir,
        threshold=threshold(used),
        unsure_fpir=unsure_fpir,
        unsure_threshold=min(threshold(used, unsure_fpir), threshold(used)),
        people=people,
        impostors=used,
        method=method,
        own_mean=own.mean if own else None,
        own_sd=own.sd if own else None,
        standard_error=standard_error,
        interval=interval,
    )


def _shrink(own: ImpostorPrior, prior: ImpostorPrior, people: int) -> ImpostorPrior:
    weight = people / (people + PRIOR_WEIGHT_PEOPLE)
    return ImpostorPrior(
        weight * own.mean + (1 - weight) * prior.mean, weight * own.sd + (1 - weight) * prior.sd
    )


def _impostors(vectors: Floats, counts: npt.NDArray[np.float64]) -> ImpostorPrior:
    """Return mean and standard deviation of the cosines of all pairs of different people.

    Both moments follow from sums over people, without the matrix of all pairs: the cosines add up
    to ``|sum v|^2`` and their squares to the Frobenius norm of ``V'V``, less everybody with
    themselves.

    Args:
        vectors: ``(N, D)`` unit vectors.
        counts: ``(N,)`` how often each person counts.
    """
    exact = vectors.astype(np.float64)
    weighted = exact * counts[:, None]
    themselves = float((counts**2).sum())
    pairs = float(counts.sum() ** 2) - themselves
    total = weighted.sum(axis=0)
    mean = (float(total @ total) - themselves) / pairs
    square = (float(((exact.T @ weighted) ** 2).sum()) - themselves) / pairs
    return ImpostorPrior(mean, float(np.sqrt(max(square - mean**2, 0.0))))


def _resampled(vectors: Floats) -> list[ImpostorPrior]:
    """Return the impostor distributions of galleries drawn from this one, people with replacement.

    The same people give the same draws.
    """
    step = -(-len(vectors) // MOST_RESAMPLED_PEOPLE)
    thinned = vectors[::step]
    people = len(thinned)
    random = np.random.default_rng(0)
    draws = random.multinomial(people, np.full(people, 1 / people), size=RESAMPLES)
    return [_impostors(thinned, draw.astype(np.float64)) for draw in draws]
