"""What a process tells the kernel of itself, tried on one that is there for that."""

import subprocess
import sys
from pathlib import Path

import pytest

from edge.bootstrap.worker.confinement import BURST, OOM_SCORE
from edge.bootstrap.worker.memory import BASE_BYTES, CAMERA_BYTES, allowed_bytes
from edge.settings.load import parse_settings

LIMIT = 300_000_000
SCRIPT = f"""
from pathlib import Path
from edge.bootstrap.worker.confinement import call_itself, die_first, limit_memory
call_itself("worker-7-with-a-long-name")
die_first()
print(Path("/proc/self/comm").read_text().strip())
print(Path("/proc/self/oom_score_adj").read_text().strip())
limit_memory({LIMIT})
held = bytearray({LIMIT})
try:
    bytearray({round(LIMIT * BURST)})
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel is another one")
def test_a_process_is_named_dies_first_and_is_refused_what_is_far_beyond_its_limit() -> None:
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["worker-7-with-a", str(OOM_SCORE), "refused"]


CAMERAS = """
processes: {{worker_memory: {memory}}}
evidence: {{ring: 64MB}}
cameras:
  - {{id: gate, url: "rtsp://192.0.2.1/a", gate: {{direction: in}}}}
  - id: street
    url: rtsp://192.0.2.2/a
    record_url: rtsp://192.0.2.2/b
    zones:
      - {{id: z, polygon: [[0, 0], [1, 0], [1, 1]], rules: [{{type: motor_parking, dwell: 3m}}]}}
"""


def test_a_worker_may_take_what_its_cameras_need_and_more() -> None:
    settings = parse_settings(Path("gridwatch.yaml"), CAMERAS.format(memory="auto"))
    assert allowed_bytes(settings, ["gate"]) == BASE_BYTES + CAMERA_BYTES
    both = allowed_bytes(settings, ["gate", "street"])
    assert both == BASE_BYTES + 2 * CAMERA_BYTES + 2 * 64_000_000


def test_what_somebody_wrote_holds_for_every_worker() -> None:
    settings = parse_settings(Path("gridwatch.yaml"), CAMERAS.format(memory="2GB"))
    assert allowed_bytes(settings, ["gate"]) == allowed_bytes(settings, ["street"]) == 2 * 10**9
