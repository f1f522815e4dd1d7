"""Two cameras share a worker and one of them changes: how long the other one is not watched."""

import signal
import time
from collections.abc import Iterator

import pytest
import yaml

from models.faces import FacePack
from tests.running_box import RunningBox, demo_town

GAP_S = 1.0
PATIENCE_S = 90.0
CAMERAS = ("gate-demo", "street-demo")


@pytest.fixture
def box(tmp_path_factory: pytest.TempPathFactory, open_pack: FacePack) -> Iterator[RunningBox]:
    made, cameras = demo_town(tmp_path_factory.mktemp("handover"), open_pack)
    content = yaml.safe_load(made.config.read_text(encoding="utf-8"))
    made.config.write_text(yaml.safe_dump(content | {"workers": 1}), encoding="utf-8")
    made.start()
    for camera in CAMERAS:
        made.wait_for(f"camera={camera} online", within_s=PATIENCE_S)
    yield made
    made.stop()
    cameras.stop()


@pytest.mark.e2e
def test_who_shares_a_worker_with_a_changed_camera_is_watched_on(
    box: RunningBox,
) -> None:
    assert len(box.workers) == 1
    content = yaml.safe_load(box.config.read_text(encoding="utf-8"))
    content["cameras"][1]["zones"][0]["rules"][0]["dwell"] = "25s"
    box.config.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert box.process is not None
    box.process.send_signal(signal.SIGHUP)
    box.wait_for("has let go of its cameras", within_s=PATIENCE_S)
    let_go_s = time.monotonic()
    for camera in CAMERAS:
        box.wait_for(f"camera={camera} online", times=2, within_s=PATIENCE_S)
    assert time.monotonic() - let_go_s < GAP_S
    box.wait_for("workers begun anew: worker-1", within_s=5.0)
    assert len(box.workers) == 1
    assert not any("offline" in line for line in box.said)
