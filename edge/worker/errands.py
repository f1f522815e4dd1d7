"""What the service asks of a worker now and then: a look at a place, a piece of its film."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edge.domain.second_look import SecondLook, Sight, Spot, Unseen
from edge.store.clip_faults import NOT_KEPT
from edge.worker.film import Film, Span
from edge.worker.second_looks import SecondLooks
from streams.errors import StreamError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Asks for a second look at a spot, which is answered within a time."""

    spot: Spot
    within_s: float

    @property
    def camera_id(self) -> str:
        """Return whom it is for."""
        return self.spot.camera_id


@dataclass(frozen=True, slots=True)
class CutOut:
    """Asks for what a camera's memory holds of a span, as a clip."""

    camera_id: str
    begins_at: datetime
    ends_at: datetime
    path: Path


@dataclass(frozen=True, slots=True)
class Snippet:
    """Answers a wish for a clip.

    Attributes:
        span: What it shows; None if there is none.
        reason: Why there is none.
    """

    span: Span | None
    reason: str = ""


Errand = LookAgain | CutOut
Outcome = SecondLook | Snippet


class Errands:
    """Has errands done; called by the thread of the line, which waits for none of them."""

    def __init__(self, looks: Mapping[str, SecondLooks], films: Mapping[str, Film]) -> None:
        """Prepare.

        Args:
            looks: Of the cameras whose places can be looked at.
            films: Of the cameras that clips can be cut of.
        """
        self._looks = looks
        self._films = films
        self._cutting = threading.Lock()

    def take(self, errand: Errand, answer: Callable[[Outcome], None]) -> None:
        """Have an errand done; ``answer`` is called once, on any thread."""
        match errand:
            case LookAgain(spot, within_s):
                looks = self._looks.get(spot.camera_id)
                if looks is None:
                    answer(SecondLook(Sight.UNSEEN, Unseen.UNWATCHED))
                else:
                    looks.ask(spot, within_s, answer)
            case CutOut():
                # A disk that hangs holds up no picture of those who look, and no second look.
                threading.Thread(
                    target=self._cut, args=(errand, answer), name="cut", daemon=True
                ).start()

    def _cut(self, wish: CutOut, answer: Callable[[Outcome], None]) -> None:
        film = self._films.get(wish.camera_id)
        if film is None:
            answer(Snippet(None, NOT_KEPT))
            return
        if not self._cutting.acquire(blocking=False):
            answer(Snippet(None, "another clip is being cut; ask again"))
            return
        try:
            middle = wish.begins_at + (wish.ends_at - wish.begins_at) / 2
            answer(Snippet(film.write(wish.path, wish.begins_at, wish.ends_at, moment=middle)))
        except StreamError as error:
            answer(Snippet(None, str(error)))
        except OSError as error:
            log.warning("camera=%s a clip is not cut: %s", wish.camera_id, error)
            answer(Snippet(None, error.strerror or str(error)))
        finally:
            self._cutting.release()
