"""Real clips of streets, smoke and quiet: every incident once, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from edge.cli.main import main

CONFIG = """\
box: {{home: ./var}}
models: {{street: {network}}}
cameras:
  - id: street
    url: rtsp://192.0.2.1/cam
    zones:
      - id: all
        polygon: [[0.01, 0.01], [0.99, 0.01], [0.99, 0.99], [0.01, 0.99]]
        rules:
          - {{type: motor_parking, dwell: 20s, clear: 3s}}
          - {{type: material_pile, dwell: 20s, clear: 3s}}
          - {{type: smoke_air, clear: 5s}}
          - {{type: open_flame, clear: 5s}}
"""


def figures(shared: Path, folder: Path, network: str) -> dict[str, Any]:
    config, out = folder / "gridwatch.yaml", folder / "out.json"
    config.write_text(CONFIG.format(network=network))
    words = ["eval", "incidents", "--truth", str(shared / "dev/MANIFEST.csv")]
    assert main([*words, "--config", str(config), "--json", str(out)]) == 0
    content: dict[str, Any] = json.loads(out.read_text())
    return content


@pytest.mark.parametrize("network", ["yolox_nano.onnx", "none"])
def test_every_incident_of_the_clips_is_found_once_and_nothing_else(
    shared: Path, tmp_path: Path, network: str
) -> None:
    given = network if network == "none" else str(shared / "models" / network)
    found = figures(shared, tmp_path, given)
    told = [
        (clip["file"], incident["verdict"], incident["type"], incident["opened_s"])
        for clip in found["clips"]
        for incident in clip["incidents"]
        if incident["verdict"] != "right"
    ]
    assert told == []
    summary = found["all"]
    assert (summary["expected"], summary["found"]) == (6, 6)
    assert summary["clear_after_s"] < 10
