from pathlib import Path

import pytest

from edge.bootstrap.camera.cameras import code_table
from edge.codes.table import SHIPPED, Basis, load_table
from edge.domain.rule import IncidentType
from edge.errors import ConfigError
from edge.settings import load_settings

GB, CJ = SHIPPED
ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "config" / "examples" / "codes.toml"
CITY = """\
scheme = "Some City 2024"
base = "GB/T 30428.2-2013"
version = "3"

[types.smoke_air]
code = "0199"
name = "冒黑烟"
name_en = "black smoke"
basis = "extension"
"""


@pytest.fixture
def city(tmp_path: Path) -> Path:
    path = tmp_path / "city.toml"
    path.write_text(CITY, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", SHIPPED)
def test_every_type_of_incident_has_a_name_in_every_shipped_table(scheme: str) -> None:
    table = load_table(scheme)
    for incident in IncidentType:
        category = table.category(incident)
        assert (category.scheme, category.version) == (scheme, table.version)
        assert category.name
        assert category.name_en.isascii()
        assert (category.code is None) == (table.rows[incident].basis is Basis.LOCAL)


@pytest.mark.parametrize("scheme", SHIPPED)
def test_a_code_that_was_not_read_says_where_it_comes_from(scheme: str) -> None:
    for row in load_table(scheme).rows.values():
        assert row.source or row.basis in {Basis.READ, Basis.LOCAL}, row


def test_the_two_standards_swap_the_majors_of_street_order_and_emergencies() -> None:
    gb, cj = load_table(GB), load_table(CJ)
    assert (gb.majors["04"], gb.majors["05"]) == (cj.majors["05"], cj.majors["04"])
    assert gb.majors["04"] == "街面秩序"
    parking = IncidentType.MOTOR_PARKING
    assert (gb.category(parking).code, cj.category(parking).code) == ("0409", "0505")
    assert gb.category(parking).major_name == cj.category(parking).major_name
    # The same four digits: a car in one, a crowd in the other.
    assert cj.category(IncidentType.CROWD_GATHERING).code == gb.category(parking).code


def test_what_troubles_a_camera_has_a_name_and_no_code() -> None:
    camera_types = [one for one in IncidentType if one.startswith("camera_")]
    assert len(camera_types) == 7
    assert {load_table(GB).category(one).code for one in camera_types} == {None}


def test_permitted_stalls_have_classes_of_their_own() -> None:
    permits = load_table(GB).permits
    assert {permit.category.code for permit in permits.values()} == {"0491", "0492"}


def test_a_city_changes_some_rows_and_keeps_the_others(city: Path) -> None:
    for table in (load_table(city), load_table(str(city)), load_table(GB, city)):
        smoke = table.category(IncidentType.SMOKE_AIR)
        assert (smoke.scheme, smoke.version, smoke.code) == ("Some City 2024", "3", "0199")
        assert smoke.major_name == "市容环境"
        assert table.category(IncidentType.MOTOR_PARKING).scheme == GB
        assert table.permits == load_table(GB).permits
    assert load_table(GB).category(IncidentType.SMOKE_AIR).code is None


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('"0199"', '"199"', r"types\.smoke_air\.code: is '199'; write four digits"),
        ('"0199"', "199", r"types\.smoke_air\.code: is 199; write four digits"),
        ('"0199"', '"7799"', r"types\.smoke_air\.code: 7799 begins with no major.*01, 02, 03"),
        ("smoke_air", "smok_air", r"types\.smok_air: unknown key; use one of: motor_parking, "),
        ("name_en =", "english =", r"types\.smoke_air\.english: unknown key; use one of: code, "),
        (
            '"extension"',
            '"local"',
            r"types\.smoke_air\.basis: is 'local'; use one of: read, inferred, extension",
        ),
        ('name = "冒黑烟"', 'name = ""', r"types\.smoke_air\.name: must be a text"),
        ("version", "vers", r"vers: unknown key; use one of: scheme, base, version"),
        ('version = "3"', "", r"version: must be a text in quotes"),
        ("GB/T", "GB-T", r"base: is 'GB-T 30428.2-2013'; use one of: GB/T 30428.2-2013, CJ/T"),
        ('base = "GB/T 30428.2-2013"', "", r"types\.smoke_air\.code: 0199 begins with no major"),
        ("[types.smoke_air]", "[types.smoke_air", r"is no valid TOML: .*line 5"),
    ],
)
def test_a_wrong_table_names_file_and_key_and_what_is_allowed(
    city: Path, before: str, after: str, words: str
) -> None:
    city.write_text(CITY.replace(before, after), encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"city\.toml: {words}"):
        load_table(city)


def test_a_table_that_stands_on_nothing_must_be_complete(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('scheme = "x"\nversion = "1"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"own\.toml: types\.motor_parking: is missing"):
        load_table(path)


def test_a_city_is_not_laid_over_another_standard_than_its_own(city: Path) -> None:
    with pytest.raises(ConfigError, match=r"base: is 'GB/T .*laid over 'CJ/T 214-2007'"):
        load_table(CJ, city)


@pytest.mark.parametrize("given", ["GB/T 30428", Path("absent.toml")])
def test_an_unknown_scheme_is_answered_with_the_known_ones(given: str | Path) -> None:
    with pytest.raises(ConfigError, match=r"neither a scheme nor a file; use one of: GB/T 30428"):
        load_table(given)


def test_overrides_that_are_absent_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read"):
        load_table(GB, tmp_path / "gone.toml")


def test_the_example_of_a_city_changes_what_it_says_and_nothing_else() -> None:
    usual, table = load_table(GB), load_table(GB, EXAMPLE)
    changed = {one for one in IncidentType if table.category(one).scheme != GB}
    assert changed == {
        IncidentType.SMOKE_AIR,
        IncidentType.MOTOR_PARKING,
        IncidentType.CROWD_GATHERING,
    }
    assert {table.category(one).scheme for one in changed} == {table.scheme}
    assert all(table.rows[one] == usual.rows[one] for one in set(IncidentType) - changed)
    assert table.rows[IncidentType.MOTOR_PARKING].basis is Basis.READ


@pytest.mark.parametrize(
    "codes",
    ['{scheme: "GB/T 30428.2-2013", overrides: ./city.toml}', "{scheme: ./city.toml}"],
)
def test_a_table_of_the_configuration_lies_beside_it(
    city: Path,
    codes: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = city.with_name("gridwatch.yaml")
    path.write_text(f"codes: {codes}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    table = code_table(load_settings(path))
    assert table.category(IncidentType.SMOKE_AIR).code == "0199"


def test_a_scheme_of_the_configuration_that_is_absent_is_answered_as_it_is_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "gridwatch.yaml"
    path.write_text("codes: {scheme: GB/T 30428}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"code table 'GB/T 30428': is neither a scheme nor"):
        code_table(load_settings(path))


@pytest.mark.parametrize("incident", [one for one in IncidentType if not one.startswith("camera_")])
def test_the_page_about_codes_says_what_the_tables_say(incident: IncidentType) -> None:
    page = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{incident}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1:] == [
        f"{found.category.code or '-'} {found.category.name}, {found.basis}"
        for found in (load_table(scheme).rows[incident] for scheme in (GB, CJ))
    ]
