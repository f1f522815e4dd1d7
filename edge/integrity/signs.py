"""From single signs to a fault: how long they last, and whether they came suddenly."""

from dataclasses import dataclass

SUDDEN_S = 30.0
"""What takes longer from well to ill is weather: fog comes in minutes, a hand in seconds."""


@dataclass(slots=True)
class Suspicion:
    """One kind of fault between the first sign of it and the last."""

    after_s: float
    since_s: float | None = None
    at_s: float | None = None
    well_since_s: float | None = None
    present: bool = False
    confidence: float = 0.0
    detail: str = ""

    def judge(self, sign: bool | None, mono_s: float, confidence: float, detail: str) -> None:
        """Take in whether there is a sign of the fault; None where that cannot be told."""
        elapsed_s = 0.0 if self.at_s is None else mono_s - self.at_s
        self.at_s = mono_s
        if sign is None:
            # What is not known to go on does not ripen, nor does it heal.
            if not self.present and self.since_s is not None:
                self.since_s += elapsed_s
            self.well_since_s = None
        elif sign:
            self.since_s = mono_s if self.since_s is None else self.since_s
            self.well_since_s = None
            self.present = self.present or mono_s - self.since_s >= self.after_s
            self.confidence, self.detail = confidence, detail
        elif self.present:
            self.well_since_s = mono_s if self.well_since_s is None else self.well_since_s
        else:
            self.since_s = None

    def resume(self) -> None:
        """Go on with a fault that was there: it is until it is positively well."""
        self.present, self.since_s = True, 0.0

    def settle(self, mono_s: float, well_s: float) -> None:
        """End the fault after it has been well for some time."""
        if self.well_since_s is not None and mono_s - self.well_since_s >= well_s:
            self.present, self.since_s, self.well_since_s = False, None, None


@dataclass(slots=True)
class Onset:
    """Whether something came suddenly."""

    well_s: float | None = None
    sudden: bool | None = None

    def unseen(self, since_s: float) -> None:
        """Note that nobody has looked since: what came then did not come before anybody's eyes."""
        self.well_s = since_s

    def take(self, *, well: bool, ill: bool, mono_s: float) -> bool:
        """Return whether it is ill and became so suddenly; without a past it did."""
        if well:
            self.well_s, self.sudden = mono_s, None
        if ill and self.sudden is None:
            self.sudden = self.well_s is None or mono_s - self.well_s <= SUDDEN_S
        return ill and bool(self.sudden)
