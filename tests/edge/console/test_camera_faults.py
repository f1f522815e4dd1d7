"""Every fault of a camera is named in both languages, and in the schema of health."""

import json
import tomllib
from pathlib import Path

import pytest

from streams.faults import Fault

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_has_words_in_both_languages(fault: Fault) -> None:
    texts = tomllib.loads((ROOT / "edge/console/texts/health.toml").read_text("utf-8"))
    assert set(texts["camera_fault"][fault.value]) == {"en", "zh"}


def test_the_schema_of_health_knows_every_fault() -> None:
    schema = json.loads((ROOT / "config/schemas/health.json").read_text("utf-8"))
    named = schema["properties"]["cameras"]["items"]["properties"]["fault"]["enum"]
    assert named == ["", *(fault.value for fault in Fault)]
