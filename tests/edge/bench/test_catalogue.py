import inspect

import pytest

from edge.bench.catalogue import CATALOGUE, Bench, Later


def test_no_two_benches_have_one_name() -> None:
    names = [one.name for one in CATALOGUE]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("bench", CATALOGUE, ids=lambda one: one.name)
def test_what_a_line_of_the_catalogue_names_is_there_and_takes_its_means(bench: Bench) -> None:
    assert isinstance(bench.run, Later)
    (parameter, *others) = inspect.signature(bench.run.found()).parameters.values()
    assert parameter.name in {"means", "_"}
    assert all(one.default is not inspect.Parameter.empty for one in others)
