"""When a script says who passed: as soon as three pictures agree."""

from collections import Counter
from collections.abc import Sequence

STRANGER = "stranger"
ENOUGH = 3
GONE_S = 1.5
"""As long as a gate of ours waits."""


class ThreeAlike:
    """Who passes one at a time.

    A person is told when they were over the threshold on three pictures, once while faces are
    seen; a stranger when the faces have gone and nobody was told.
    """

    def __init__(self) -> None:
        self.told: list[str] = []
        self._votes: Counter[str] = Counter()
        self._decided = False
        self._seen_s = float("-inf")

    def note(self, names: Sequence[str], at_s: float) -> None:
        """Take the names of all faces of one picture, ``STRANGER`` for whoever is not known."""
        if at_s - self._seen_s > GONE_S:
            self.end()
        if not names:
            return
        self._seen_s = at_s
        self._votes.update(names)
        for name in names:
            if name != STRANGER and self._votes[name] >= ENOUGH and not self._decided:
                self.told.append(name)
                self._decided = True

    def end(self) -> None:
        """Let everybody go who is there."""
        if not self._decided and self._votes[STRANGER] >= ENOUGH:
            self.told.append(STRANGER)
        self._votes.clear()
        self._decided = False
