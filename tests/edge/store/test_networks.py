from pathlib import Path

from edge.store.networks import Networks


def test_every_network_is_told_once_however_many_workers_have_it(tmp_path: Path) -> None:
    networks = Networks(tmp_path / "journal.db")
    networks.report("gate", [("open", "a" * 64), ("yunet", "b" * 64)])
    networks.report("street", [("yolox-nano", "c" * 64), ("yunet", "b" * 64)])
    assert networks.loaded() == [("open", "a" * 64), ("yolox-nano", "c" * 64), ("yunet", "b" * 64)]


def test_a_worker_that_starts_again_says_what_it_has_now(tmp_path: Path) -> None:
    networks = Networks(tmp_path / "journal.db")
    networks.report("street", [("yolox-nano", "c" * 64)])
    networks.report("street", [("ssd-mobilenet-v2", "d" * 64)])
    assert networks.loaded() == [("ssd-mobilenet-v2", "d" * 64)]
    networks.forget()
    assert networks.loaded() == []
