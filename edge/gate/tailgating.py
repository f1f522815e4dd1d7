"""How many people went through on one authorisation."""

from dataclasses import dataclass, replace

from edge.domain.passage import Action, Decision, Passage


@dataclass(slots=True)
class _Entry:
    mono_s: float
    passage: Passage


class Tailgating:
    """Counts, per authorised passage, those who were at the gate with it and had no right to."""

    def __init__(self, *, window_s: float) -> None:
        """Begin with nobody; two decisions within ``window_s`` are one opening of the gate."""
        self._window_s = window_s
        self._authorised: list[_Entry] = []
        self._followers: list[_Entry] = []

    def count(self, passage: Passage, mono_s: float) -> list[Passage]:
        """Return the passage as it is to be told, and updates of those it followed.

        Args:
            passage: A decision just taken, ``persons`` 1.
            mono_s: When, in stream seconds.
        """
        self._forget(mono_s)
        if passage.decision is Decision.RESIDENT:
            self._followers = [one for one in self._followers if one.passage.id != passage.id]
            passage = replace(passage, persons=1 + len(self._followers))
            self._followers.clear()
            self._authorised.append(_Entry(mono_s, passage))
            return [passage]
        if any(known.passage.id == passage.id for known in self._followers):
            return [passage]
        if not self._authorised:
            self._followers.append(_Entry(mono_s, passage))
            return [passage]
        leader = self._authorised[-1]
        if leader.passage.id == passage.id:
            return [passage]
        leader.passage = replace(
            leader.passage,
            action=Action.UPDATED,
            revision=leader.passage.revision + 1,
            persons=leader.passage.persons + 1,
        )
        return [passage, leader.passage]

    def _forget(self, mono_s: float) -> None:
        for entries in (self._authorised, self._followers):
            entries[:] = [one for one in entries if mono_s - one.mono_s <= self._window_s]
