"""A stream of a machine that has no time: keyframes only, and then everything again."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.decode import Decode
from streams.recording import open_recording

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("policy", [Decode.ALL, Decode.ADAPTIVE])
def test_an_eased_stream_gives_keyframes_only_and_goes_on_whole(
    films: dict[str, Path], codec: str, policy: Decode
) -> None:
    stream = open_recording(films[codec], start_utc=NOON, decode=policy)
    stream.note_motion(True, 0.0)
    stages: dict[str, list[tuple[float, bool]]] = {"before": [], "eased": [], "after": []}
    stage = "before"
    for frame in stream.frames():
        stream.note_motion(True, frame.mono_s)
        if stage == "before" and frame.mono_s >= 0.5:
            stage = "eased"
            stream.ease(True)
        elif stage == "eased" and frame.mono_s >= 3.0:
            stage = "after"
            stream.ease(False)
        stages[stage].append((frame.mono_s, frame.keyframe))
    assert stream.counters.corrupt == 0
    assert all(key for _, key in stages["eased"][1:])
    assert len(stages["eased"]) <= 4
    assert len(stages["after"]) > 60
    stream.close()


def test_the_time_in_which_nothing_comes_is_counted(films: dict[str, Path]) -> None:
    waits: list[float] = []

    def pacer(mono_s: float) -> bool:
        waits.append(mono_s)
        return True

    stream = open_recording(films["h264"], start_utc=NOON, pacer=pacer)
    frames = sum(1 for _ in stream.frames())
    assert len(waits) == frames
    assert 0 < stream.counters.waited_s < 1.0
    stream.close()
