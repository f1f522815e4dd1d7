from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from edge.domain.resident import Category, Consent, Resident
from edge.errors import ConfigError
from edge.gallery.roster import read_roster


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (
        "ann/1.jpg",
        "ann/2.PNG",
        "ann/notes.txt",
        "ben/a.webp",
        "ben/b.bmp",
        "ben/c.jpeg",
    ):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "photos"


def table(folder: Path, text: str) -> Path:
    path = folder.parent / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_folder_is_a_person_with_photos(folder: Path) -> None:
    ann, ben = read_roster(folder, None)
    assert (ann.resident, ann.consent, ann.listed) == (Resident("ann"), None, False)
    assert [path.name for path in ann.photos] == ["1.jpg", "2.PNG"]
    assert [path.name for path in ben.photos] == ["a.webp", "b.bmp", "c.jpeg"]


def test_what_file_managers_leave_behind_is_nobody(folder: Path) -> None:
    for name in (".thumbnails/1.jpg", "__MACOSX/1.jpg", "ann/._1.jpg"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    ann, ben = read_roster(folder, None)
    assert [ann.resident.id, ben.resident.id] == ["ann", "ben"]
    assert len(ann.photos) == 2


def test_the_table_says_who_and_on_whose_consent(folder: Path) -> None:
    people = table(
        folder,
        "\ufeffresident_id,name,unit,category,valid_from,valid_until,birth_date,"
        "notice_version,consented_at,channel,guardian\n"
        "ann, 安 ,3-201,staff,2026-01-01,2026-12-31,2013-05-06,"
        "v3,2026-11-24T08:30+08:00,app,母亲\n",
    )
    ann, ben = read_roster(folder, people)
    assert ann.listed
    assert ann.resident == Resident(
        "ann",
        name="安",
        unit="3-201",
        category=Category.STAFF,
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        birth_date=date(2013, 5, 6),
    )
    given_at = datetime(2026, 11, 24, 8, 30, tzinfo=timezone(timedelta(hours=8)))
    assert ann.consent == Consent("v3", given_at, "app", guardian="母亲")
    assert not ben.listed


def test_empty_cells_mean_the_usual(folder: Path) -> None:
    people = table(
        folder,
        "resident_id,category,valid_until,notice_version,consented_at,channel\n"
        "ann,,,,,\nben,,,v3,2026-11-24,\n",
    )
    ann, ben = read_roster(folder, people)
    assert ann.resident == Resident("ann")
    assert ann.consent is None
    assert ben.consent == Consent("v3", datetime(2026, 11, 24, tzinfo=UTC), "paper")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,unit\nx,y\n", r"people\.csv:1: no resident_id"),
        ("resident_id,nmae\nann,x\n", r"people\.csv:1: unknown column 'nmae'.*birth_date"),
        ("resident_id;name\nann;x\n", r"people\.csv:1: unknown column"),
        ("resident_id\n\nann\n \n", r"people\.csv:4: resident_id is empty"),
        ("resident_id\nann\nann\n", r"people\.csv:3: resident_id 'ann' has a row already"),
        ("resident_id,category\nann,friend\n", r":2: category 'friend'; allowed: resident, staff"),
        ("resident_id,valid_from\nann,1.2.2026\n", r":2: valid_from '1\.2\.2026'; write it like"),
        (
            "resident_id,valid_from,valid_until\nann,2026-02-01,2026-01-01\n",
            r":2: valid_until lies before valid_from",
        ),
        ("resident_id,notice_version\nann,v3\n", r":2: consented_at ''; write it like"),
        ("resident_id,guardian\nann,mother\n", r":2: guardian is stated without notice_version"),
        ('resident_id\n"a\nn"\n', r"people\.csv:3: resident_id 'a\\nn' has a control character"),
        ("resident_id,name\nann,A\x1b[2J\n", r":2: name 'A\\x1b\[2J' has a control character"),
        ("resident_id\nzoe\n", r"people\.csv: zoe has no folder of photos"),
    ],
)
def test_a_wrong_table_is_one_error_with_line_and_remedy(
    folder: Path, text: str, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        read_roster(folder, table(folder, text))


def test_a_table_in_another_encoding_is_said_so(folder: Path) -> None:
    people = table(folder, "")
    people.write_bytes("resident_id,name\nann,安\n".encode("gbk"))
    with pytest.raises(ConfigError, match="UTF-8"):
        read_roster(folder, people)


def test_a_table_that_is_not_there_is_said_so(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.csv: cannot be read"):
        read_roster(folder, folder / "absent.csv")


def test_a_folder_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        read_roster(tmp_path / "absent", None)


def test_a_folder_whose_name_breaks_lines_is_refused(folder: Path) -> None:
    (folder / "a\nn").mkdir()
    with pytest.raises(ConfigError, match=r"folder 'a\\nn' has a control character; rename it"):
        read_roster(folder, None)


def test_a_folder_of_loose_photos_is_told_where_they_go(tmp_path: Path) -> None:
    (tmp_path / "1.jpg").touch()
    with pytest.raises(ConfigError, match="<resident_id>/"):
        read_roster(tmp_path, None)
