from pathlib import Path

import pytest

from edge.bench.start import GOAL_S, bench_start
from edge.demo.people import find_portraits
from models.faces import FacePack


@pytest.mark.e2e
def test_a_start_ends_with_the_decision_on_who_stands_there(
    tmp_path: Path, open_pack: FacePack
) -> None:
    portrait = find_portraits(open_pack.detector)[0].picture
    took, spent = bench_start(tmp_path, portrait, repeats=1, warming=0)
    assert (took.unit, took.goal, took.limit) == ("s", GOAL_S, None)
    assert took.least == took.value == took.most > 0
    assert spent.value > 0.1  # an interpreter alone takes that
