"""A journal that is written to, and what receivers of webhooks are to be told from it."""

from dataclasses import replace
from pathlib import Path

from edge.clock import ClockState
from edge.domain.passage import Action, Decision
from edge.domain.subscription import Kind, Subscription
from edge.store.webhooks import Letter, Webhooks
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
        self.webhooks = Webhooks(path, self.clock)
        if begun:
            self.webhooks.keep([NAME])

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
        )

    def letters(self, wanted: Subscription = EVERYTHING) -> list[Letter]:
        """Return what waits."""
        return self.webhooks.next(NAME, wanted)

    def told_of(self, wanted: Subscription = EVERYTHING) -> list[tuple[str, str, int]]:
        """Return kind, id and revision of what waits."""
        return [(one.kind, one.id, one.revision) for one in self.letters(wanted)]
