"""The command that measures: with benches that have found something already."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from edge.bench.catalogue import CATALOGUE, Bench, Means
from edge.bench.figure import Figure
from edge.bench.report import to_json
from edge.cli.bench_command import add_arguments, take
from edge.cli.main import main
from edge.errors import ConfigError
from models.errors import ModelFileError
from tests.benches import a_figure, a_full_report

Take = Callable[..., int]


class Benches:
    """Three benches: one finds, one finds in part, one can find nothing here."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.means: list[Means] = []
        self.value = 1.2
        self.end: BaseException = ModelFileError("yunet: is not there; pull it")

    def catalogue(self) -> list[Bench]:
        return [
            Bench("gate", "what a gate costs", self.gate),
            Bench("parts", "what parts cost", self.parts),
            Bench("peers", "what others cost", self.peers),
        ]

    def gate(self, means: Means) -> Sequence[Figure]:
        self.taken.append("gate")
        self.means.append(means)
        assert list(means.folder.iterdir()) == []
        (means.folder / "film.mp4").write_bytes(b"film")
        return [a_figure("camera", self.value)]

    def parts(self, means: Means) -> Sequence[Figure]:
        self.taken.append("parts")
        means.skip("H.265", "no encoder; install one")
        return [a_figure("H.264", 0.2)]

    def peers(self, means: Means) -> Sequence[Figure]:
        self.taken.append("peers")
        raise self.end


@pytest.fixture
def benches() -> Benches:
    return Benches()


@pytest.fixture
def run(benches: Benches) -> Take:
    """Run the command on those benches."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)

    def run(*words: object) -> int:
        return take(parser.parse_args([str(word) for word in words]), benches.catalogue())

    return run


def test_all_is_measured_and_what_cannot_be_is_said(
    run: Take, benches: Benches, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert benches.taken == ["gate", "parts", "peers"]
    told = capsys.readouterr()
    (row,) = [line for line in told.out.splitlines() if line.startswith("gate ")]
    assert row.split()[:4] == ["gate", "camera", "1.20", "s"]
    assert "MISSED" in row
    assert "not measured: parts, H.265: no encoder; install one" in told.out
    assert "not measured: peers: yunet: is not there; pull it" in told.out
    assert "measuring gate: what a gate costs" in told.err


def test_a_bench_has_a_folder_of_its_own_and_what_it_was_asked_for(
    run: Take, benches: Benches
) -> None:
    assert run("gate", "--broker", "mqtt://127.0.0.1:1883") == 0
    assert benches.taken == ["gate"]
    (means,) = benches.means
    assert means.broker == "mqtt://127.0.0.1:1883"
    assert not means.folder.exists()


def test_what_is_missing_is_an_error_of_its_kind_where_it_was_asked_for_by_name(
    run: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    with pytest.raises(ModelFileError, match="yunet: is not there"):
        run("peers", "gate", "--json", out)
    assert "camera" in capsys.readouterr().out
    content = json.loads(out.read_text(encoding="utf-8"))
    assert [one["name"] for one in content["figures"]] == ["camera"]
    assert content["skipped"][0]["bench"] == "peers"


def test_a_run_that_is_interrupted_tells_what_it_has(
    run: Take, benches: Benches, tmp_path: Path
) -> None:
    benches.end = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run("--json", tmp_path / "figures.json")
    content = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [one["bench"] for one in content["figures"]] == ["gate", "parts"]


def test_what_has_changed_since_another_run_is_told(
    run: Take, benches: Benches, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    assert run("--json", old) == 0
    benches.value = 0.9
    capsys.readouterr()
    assert run("--compare", old) == 0
    lines = capsys.readouterr().out.splitlines()
    (row,) = [line for line in lines if line.startswith("gate ") and "better" in line]
    assert "-25.0 %" in row
    assert lines[-1] == "1 better, 1 same"
    assert run("gate", "--compare", old) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 better"


def test_a_bench_of_which_nothing_is_left_is_gone(
    run: Take, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.json"
    old.write_text(to_json(a_full_report()).replace('"gate camera"', '"camera"'), encoding="utf-8")
    capsys.readouterr()
    assert run("gate", "--compare", old) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith("3 gone")


def test_figures_are_drawn(run: Take, tmp_path: Path) -> None:
    out = tmp_path / "chart.svg"
    assert run("--svg", out) == 0
    root = ElementTree.parse(out).getroot()
    assert "H.264" in [one.text for one in root.iter() if one.tag.endswith("text")]


def test_figures_of_a_file_are_told_without_measuring(
    run: Take, benches: Benches, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept, out = tmp_path / "kept.json", tmp_path / "chart.svg"
    kept.write_text(to_json(a_full_report()), encoding="utf-8")
    assert run("--read", kept, "--svg", out, "--compare", kept) == 0
    assert benches.taken == []
    assert "7 same" in capsys.readouterr().out
    assert out.exists()
    assert run("--read", kept, "gate") == 0
    assert "p50" not in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--json", "--svg"])
def test_a_path_that_cannot_be_written_is_said_before_anything_is_measured(
    run: Take, benches: Benches, tmp_path: Path, option: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^{option} .*absent.*: cannot be written"):
        run(option, tmp_path / "absent" / "figures")
    assert benches.taken == []


def test_a_file_to_compare_with_that_is_none_is_said_before_anything_is_measured(
    run: Take, benches: Benches, tmp_path: Path
) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"machine": "x86_64"}', encoding="utf-8")
    with pytest.raises(ConfigError, match="schema: Field required; give a file that"):
        run("--compare", old)
    assert benches.taken == []


def test_the_list_names_every_bench_with_what_it_measures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--list"]) == 0
    told = capsys.readouterr().out
    assert all(one.name in told and one.does in told for one in CATALOGUE)


def test_a_name_that_is_no_bench_is_a_configuration_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "gait"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("gridwatch: bench: there is no 'gait'; there are: ")
    assert "gate" in told
