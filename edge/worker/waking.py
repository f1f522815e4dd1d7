"""When motion is worth every picture of a camera that runs on keyframes."""

AWAKE_S = 20.0
REST_S = 180.0
"""Where rules ask for minutes, motion is followed for the first time and then let be for the
second: on a busy street that is a tenth of the decoding, and who comes to a quiet one is seen."""


class Waking:
    """Decides for one camera; used by one thread."""

    def __init__(self) -> None:
        self._woken_s = float("-inf")

    def wanted(self, mono_s: float, *, moving: bool, hasty: bool) -> bool:
        """Return whether every picture is wanted because of motion.

        Args:
            mono_s: Stream time.
            moving: Whether something moves.
            hasty: Whether somebody wants every picture for as long as it does.
        """
        if not moving or hasty:
            return moving
        if mono_s - self._woken_s >= AWAKE_S + REST_S:
            self._woken_s = mono_s
        return mono_s - self._woken_s < AWAKE_S
