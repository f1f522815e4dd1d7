"""A journal that is written to, and what receivers of webhooks are to be told from it."""

from dataclasses import replace
from pathlib import Path

from edge.clock import ClockState
from edge.domain.lane import Lane
from edge.domain.passage import Action, Decision
from edge.domain.sink import SinkState
from edge.domain.subscription import Kind, Subscription
from edge.store.letters import Letter, Letters
from edge.store.sinks import WEBHOOK, Sinks
from edge.wire.box import BoxIdentity
from edge.wire.passage import passage_message
from tests.passages import a_passage
from tests.review_desk import ReviewDesk

EVERYTHING = Subscription(frozenset(Kind))
NAME = "platform"


class WebhookDesk(ReviewDesk):
    """Writes incidents and passages, and keeps one receiver's letters."""

    def __init__(self, path: Path, *, begun: bool = True) -> None:
        super().__init__(path)
        self.sinks = Sinks(path, self.clock)
        if begun:
            self.sinks.keep(WEBHOOK, [NAME])

    def pass_by(
        self, name: str, decision: Decision, *, revision: int = 1, announced: bool = True
    ) -> None:
        """Record a passage; ``announced`` if the site wants strangers as alerts."""
        action = Action.DECIDED if revision == 1 else Action.UPDATED
        passage = replace(a_passage(name, decision), revision=revision, action=action)
        self.journal.record_passage(
            passage,
            lambda seq: passage_message(
                passage,
                box=BoxIdentity("box-01"),
                seq=seq,
                clock=ClockState(),
                announce=frozenset({Decision.STRANGER} if announced else ()),
            ),
            lane=Lane.ALERT if announced and decision is Decision.STRANGER else Lane.PASSAGE,
        )

    def post(self, wanted: Subscription = EVERYTHING, name: str = NAME) -> Letters:
        """Return what a receiver's courier has."""
        return Letters(self.path, self.clock, WEBHOOK + name, wanted)

    def letters(self, wanted: Subscription = EVERYTHING, name: str = NAME) -> list[Letter]:
        """Return what waits, lane by lane."""
        post = self.post(wanted, name)
        return [one for lane in Lane for one in post.of_lane(lane)]

    def reach(self, name: str = NAME) -> SinkState:
        """Return how a receiver does that is known to exist."""
        state = self.sinks.state(WEBHOOK + name)
        assert state is not None
        return state

    def told_of(self, wanted: Subscription = EVERYTHING) -> list[tuple[str, str, int]]:
        """Return kind, id and revision of what waits."""
        return [(one.kind, one.id, one.revision) for one in self.letters(wanted)]
