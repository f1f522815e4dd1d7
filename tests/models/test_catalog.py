"""The catalogue as it ships, and with damage."""

from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from models.catalog import Catalog, load_catalog, read_catalog
from models.errors import ModelFileError

SHIPPED = files("models").joinpath("catalog.toml").read_text(encoding="utf-8")
LINES = SHIPPED.splitlines()


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


@given(st.text())
def test_no_text_but_a_catalogue_is_one(text: str) -> None:
    assert isinstance(outcome(text), str)
