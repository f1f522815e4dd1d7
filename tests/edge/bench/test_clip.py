from pathlib import Path

from edge.bench.clip import bench_clip


def test_a_clip_is_measured_beside_a_remux_of_the_same_packets(tmp_path: Path) -> None:
    found = bench_clip(tmp_path, seconds=2, times=1)
    assert (tmp_path / "clip.mp4").stat().st_size > 100_000
    assert min(found.write_ms, found.verify_ms, found.remux_ms) > 0
    assert found.ratio == (found.write_ms + found.verify_ms) / found.remux_ms
