"""How much may be done in a minute, so that a flood is a trickle behind it."""

from collections.abc import Callable

MINUTE_S = 60.0


class Allowance:
    """A bucket that fills evenly; used by one thread."""

    def __init__(self, per_minute: float, mono_s: Callable[[], float]) -> None:
        """Begin with a full bucket.

        Args:
            per_minute: What flows in in a minute, and the most that lies in it.
            mono_s: Seconds that never go back.
        """
        self._per_minute = per_minute
        self._mono_s = mono_s
        self._left = per_minute
        self._looked_s = mono_s()

    def take(self, amount: float) -> bool:
        """Take an amount; False, and nothing is taken, if there is not so much.

        What is larger than a whole bucket is given when the bucket is full.
        """
        now_s = self._mono_s()
        flowed = (now_s - self._looked_s) / MINUTE_S * self._per_minute
        self._left = min(self._per_minute, self._left + flowed)
        self._looked_s = now_s
        if self._left < min(amount, self._per_minute):
            return False
        self._left -= amount
        return True
