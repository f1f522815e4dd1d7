"""A street on which a car is parked, drawn and encoded once for all tests."""

from itertools import islice
from pathlib import Path

import pytest

from edge.demo.street_scene import FPS, render_street
from edge.demo.street_script import street_scene
from streams.film import write_film

LENGTH_S = 16


@pytest.fixture(scope="session")
def parked_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a film; the car stands at the yellow line from 6.5 s to its end."""
    path = tmp_path_factory.mktemp("films") / "street.mp4"
    write_film(path, islice(render_street(street_scene()), LENGTH_S * FPS), fps=FPS)
    return path
