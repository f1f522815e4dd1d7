from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from streams.recording import open_recording
from streams.ring import Ring

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
COUNT = 6


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film of a codec that browsers' containers do not know."""
    path = tmp_path / "raw.avi"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(COUNT):
            picture = np.full((48, 64, 3), number * 20, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        container.mux(stream.encode())
    return path


def test_a_camera_whose_codec_no_clip_can_hold_is_looked_at_all_the_same(
    film: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ring = Ring(seconds=10.0, max_bytes=10**6)
    recording = open_recording(film, start_utc=NOON, ring=ring)
    assert sum(1 for _ in recording.frames()) == COUNT
    recording.close()
    assert ring.cut(NOON, NOON + timedelta(seconds=1), moment=NOON) is None
    assert "there will be no clips: a clip cannot hold rawvideo" in caplog.text
