"""The person of a gallery who is most similar to a face."""

from dataclasses import dataclass

from edge.domain.resident import Resident


@dataclass(frozen=True, slots=True)
class Candidate:
    """The answer of a search.

    Attributes:
        similarity: Cosine with the person's best template, in [-1, 1].
        second: Cosine of the second person; None in a gallery of one.
        template_id: Which template was met.
    """

    resident: Resident
    similarity: float
    second: float | None
    template_id: str

    @property
    def margin(self) -> float | None:
        """Return how far the second person is behind, None if there is none."""
        return None if self.second is None else self.similarity - self.second
