"""The residents' templates in memory: one matrix, searched whole.

Exact search beats every index up to a million vectors of this length (0.8 ms for 100,000), and an
approximate one would miss people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from edge.domain.candidate import Candidate
from edge.domain.resident import Resident
from models.faces import Floats

NOBODY = np.float32(-2.0)
"""Below every cosine."""


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """All templates of one network. Swapped whole, never changed.

    Attributes:
        vectors: ``(T, D)`` unit rows, those of one person together.
        starts: ``(P,)`` first row of each person.
        people: ``P`` residents.
        template_ids: ``T`` ids.
        photos: Most photos any template was made of.
        handicaps: ``(T,)``, taken off every similarity; None where nobody has one.
    """

    vectors: Floats
    starts: npt.NDArray[np.intp]
    people: tuple[Resident, ...]
    template_ids: tuple[str, ...]
    photos: int
    handicaps: Floats | None = None

    def __len__(self) -> int:
        return len(self.people)

    def search(self, query: Floats) -> Candidate | None:
        """Return the most similar person to a ``(D,)`` unit vector, None in an empty gallery."""
        if not self.people:
            return None  # it does not know how long this network's vectors are
        return self._best(self._scores(query), len(self.people))

    def search_besides(self, query: Floats, resident_id: str) -> Candidate | None:
        """Return the most similar person but one, None if there is nobody else."""
        if not self.people:
            return None
        scores = self._scores(query)
        others = len(self.people)
        for person, resident in enumerate(self.people):
            if resident.id == resident_id:
                scores[self._rows_of(person)] = NOBODY
                others -= 1
        return self._best(scores, others)

    def _scores(self, query: Floats) -> Floats:
        """Return every template's similarity, ``(T,)``."""
        scores = np.asarray(self.vectors @ query, np.float32)
        if self.handicaps is not None:
            scores -= self.handicaps
        return scores

    def _best(self, scores: Floats, people: int) -> Candidate | None:
        """Return the best person of ``(T,)`` scores, which are used up, of so many people."""
        if not people:
            return None
        row = int(scores.argmax())
        person = int(np.searchsorted(self.starts, row, side="right")) - 1
        best = float(scores[row])
        second = None
        if people > 1:
            scores[self._rows_of(person)] = NOBODY
            second = float(scores.max())
        return Candidate(self.people[person], best, second, self.template_ids[row])

    def _rows_of(self, person: int) -> slice:
        following = person + 1
        end = self.starts[following] if following < len(self.starts) else len(self.vectors)
        return slice(int(self.starts[person]), int(end))

    def one_per_person(self) -> Floats:
        """Return each person's first template, ``(P, D)``."""
        return self.vectors[self.starts]

    def wipe(self) -> None:
        """Overwrite the vectors: a gallery that was swapped out leaves no template in memory."""
        self.vectors[:] = 0


def build_gallery(
    rows: Sequence[tuple[Resident, str, int, Floats]],
    *,
    dimensions: int = 128,
    handicaps: Mapping[str, float] = MappingProxyType({}),
) -> Gallery:
    """Return the gallery of (resident, template id, photos, vector) rows, in order of residents.

    Args:
        rows: Rows of one resident stand together. Vectors that are, in this order, all rows of one
            matrix are not copied: the gallery takes that matrix over, so that ``wipe`` overwrites
            the only copy there is.
        dimensions: Width of an empty matrix.
        handicaps: By resident: how much less similar they are to everybody.

    Raises:
        ValueError: The rows of a resident do not stand together.
    """
    people: list[Resident] = []
    starts: list[int] = []
    for index, (resident, _, _, _) in enumerate(rows):
        if not people or people[-1].id != resident.id:
            people.append(resident)
            starts.append(index)
    if len({person.id for person in people}) != len(people):
        raise ValueError("the rows of one resident must stand together")
    return Gallery(
        vectors=_matrix([vector for _, _, _, vector in rows], dimensions),
        starts=np.asarray(starts, np.intp),
        people=tuple(people),
        template_ids=tuple(template_id for _, template_id, _, _ in rows),
        photos=max((photos for _, _, photos, _ in rows), default=1),
        handicaps=_column([handicaps.get(resident.id, 0.0) for resident, _, _, _ in rows]),
    )


def _column(amounts: Sequence[float]) -> Floats | None:
    return np.asarray(amounts, np.float32) if any(amounts) else None


def _matrix(vectors: Sequence[Floats], dimensions: int) -> Floats:
    """Return ``(T, D)``: the matrix whose rows these are, or a copy where there is none."""
    if not vectors:
        return np.zeros((0, dimensions), np.float32)
    whole = vectors[0].base
    if (
        isinstance(whole, np.ndarray)
        and whole.shape == (len(vectors), len(vectors[0]))
        and whole.dtype == np.float32
        and whole.flags.c_contiguous
        and all(
            vector.ctypes.data == whole.ctypes.data + row * whole.strides[0]
            for row, vector in enumerate(vectors)
        )
    ):
        return whole
    return np.ascontiguousarray(np.stack(vectors), np.float32)
