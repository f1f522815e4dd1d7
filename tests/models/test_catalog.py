"""The catalogue as it ships, and with damage."""

import random
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from models.catalog import Catalog, load_catalog, read_catalog
from models.errors import ModelFileError

SHIPPED = files("models").joinpath("catalog.toml").read_text(encoding="utf-8")
LINES = SHIPPED.splitlines()
VALUES = ["[]", "{}", "-1", "nan", "[" * 500, "1979-05-27"]


def outcome(text: str) -> Catalog | str:
    """Return the catalogue of a text, or what is said of it."""
    try:
        return read_catalog(text)
    except ModelFileError as error:
        return str(error)


def test_every_pack_is_made_of_networks_that_are_listed() -> None:
    catalog = load_catalog()
    assert "open" in catalog.packs
    for pack in catalog.packs.values():
        assert [one.name for one in catalog.expand([pack.name])][:2] == [
            pack.detector,
            pack.recogniser,
        ]


def test_a_name_of_a_file_cannot_lead_out_of_the_depot() -> None:
    written = next(line for line in LINES if line.startswith("file = "))
    found = outcome(SHIPPED.replace(written, 'file = "../../etc/cron.d/x"', 1))
    assert isinstance(found, Catalog)
    assert next(iter(found.entries.values())).file == "x"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_damage_is_said_in_one_line(seed: int) -> None:
    chance = random.Random(seed)
    lines = list(LINES)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(lines))
        key, equals, value = lines[at].partition("=")
        lines[at] = chance.choice(
            [
                f"{key}{equals} {chance.choice(VALUES)}",
                f"{key}{equals}{value[: chance.randrange(len(value) + 1)]}",
                chance.choice(LINES),
                "",
                "\x00",
            ]
        )
    found = outcome("\n".join(lines))
    assert isinstance(found, Catalog) or found.startswith("catalog.toml is damaged (")


@given(st.text())
def test_no_text_but_a_catalogue_is_one(text: str) -> None:
    assert isinstance(outcome(text), str)
