from pathlib import Path

from edge.bench.console import PATHS, bench_console


def test_every_page_is_asked_for_on_a_filled_store(tmp_path: Path) -> None:
    found = bench_console(tmp_path, incidents=40, passages=60, times=2, idle_s=0.5)
    assert [page.path for page in found.pages] == [
        path for paths in PATHS.values() for path in paths
    ]
    assert found.trivial_ms > 0
    assert all(0 < page.median_ms <= page.p95_ms for page in found.pages)
    assert 0 <= found.idle_share < 2
    assert 0 <= found.watched_share < 2
