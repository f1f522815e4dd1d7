"""The configuration that people copy is right, and explains every key there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from edge.settings import Settings, load_settings

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = sorted([CONFIG / "gridwatch.yaml", *(CONFIG / "examples").glob("*.yaml")])


def _keys(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        yield name
        pending = [field.annotation]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, BaseModel):
                yield from _keys(annotation)
            pending += getattr(annotation, "__args__", ())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_shipped_configuration_loads(path: Path) -> None:
    assert load_settings(path).box.id


def test_the_commented_part_of_the_configuration_loads_too(tmp_path: Path) -> None:
    text = (CONFIG / "gridwatch.yaml").read_text()
    text = text.replace("cameras: []\n", "")
    whole = re.sub(r"^( *)# ( *(?:- )?[a-z_]+:(?: .*)?)$", r"\1\2", text, flags=re.M)
    copy = tmp_path / "gridwatch.yaml"
    copy.write_text(whole)
    settings = load_settings(copy)
    assert settings.camera("gate-east").gate is not None
    assert settings.mqtt.username == "box-01"


@pytest.mark.parametrize("key", sorted(set(_keys(Settings)) - {"value", "env", "file"}))
def test_every_key_is_explained(key: str) -> None:
    text = (CONFIG / "gridwatch.yaml").read_text()
    assert re.search(rf"\b{key}:", text), f"{key} is not in config/gridwatch.yaml"
