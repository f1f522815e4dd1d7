"""Which worker has which cameras, before and after a change."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from edge.bootstrap.worker.shares import plan, share, share_anew, watched
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.load import parse_settings


def settings(*names: str, **sections: Any) -> Settings:
    cameras = [{"id": name, "url": "rtsp://x/1", "gate": {"direction": "in"}} for name in names]
    content = {"workers": 2, "cameras": cameras, **sections}
    return parse_settings(Path("gridwatch.yaml"), yaml.safe_dump(content))


def test_cameras_are_dealt_out_in_turn_and_no_worker_is_idle() -> None:
    assert share(["a", "b", "c"], 2) == {"worker-1": ["a", "c"], "worker-2": ["b"]}
    assert share(["a"], 4) == {"worker-1": ["a"]}
    assert share([], 2) == {}
    assert next(iter(share(["a", "b"], "auto"))) == "worker-1"


def test_who_has_a_worker_keeps_it_and_new_ones_go_where_there_are_fewest() -> None:
    before = {"worker-1": ["a", "c", "e"], "worker-2": ["b", "d"]}
    assert share_anew(before, ["a", "b", "c", "d", "e", "f"], 2) == {
        "worker-1": ["a", "c", "e"],
        "worker-2": ["b", "d", "f"],
    }
    assert share_anew(before, ["c", "e"], 2) == {"worker-1": ["c", "e"]}
    assert share_anew({"worker-1": ["a"]}, ["a", "b"], 2) == {"worker-1": ["a"], "worker-2": ["b"]}


def test_only_workers_of_changed_cameras_begin_anew() -> None:
    old = settings("a", "b", "c")
    shares = share(watched(old), 2)
    new = old.model_copy(
        update={"cameras": (*old.cameras[:2], old.cameras[2].model_copy(update={"decode": "all"}))}
    )
    assert plan(old, new, shares, watched(new)).ending == frozenset()
    slower = old.cameras[1].model_copy(update={"decode": "keyframes"})
    new = old.model_copy(update={"cameras": (old.cameras[0], slower, old.cameras[2])})
    todo = plan(old, new, shares, watched(new))
    assert todo.ending == {"worker-2"}
    assert todo.beginning == ("worker-2",)
    assert todo.later == ()


def test_a_worker_without_cameras_ends_for_good() -> None:
    old, new = settings("a", "b"), settings("a")
    todo = plan(old, new, share(watched(old), 2), watched(new))
    assert todo.shares == {"worker-1": ["a"]}
    assert todo.ending == {"worker-2"}
    assert todo.beginning == ()


def test_what_all_workers_read_has_all_of_them_begin_anew() -> None:
    old, new = settings("a", "b"), settings("a", "b", models={"street": "none"})
    todo = plan(old, new, share(watched(old), 2), watched(new))
    assert todo.ending == {"worker-1", "worker-2"}
    assert todo.beginning == ("worker-1", "worker-2")


def test_webhooks_are_followed_without_a_worker_noticing() -> None:
    hook = {"name": "one", "url": "https://h/", "secret": "0123456789abcdef"}
    old, new = settings("a"), settings("a", webhooks=[hook])
    todo = plan(old, new, {"worker-1": ["a"]}, ["a"])
    assert (todo.ending, todo.beginning, todo.later) == (frozenset(), (), ())


def test_what_only_a_new_start_can_change_is_said() -> None:
    old = settings("a")
    new = settings("a", console={"port": 9090}, workers=4)
    assert plan(old, new, {"worker-1": ["a"]}, ["a"]).later == ("console", "workers")
    with pytest.raises(ConfigError, match="box: cannot change while the service runs"):
        plan(old, settings("a", box={"id": "other"}), {"worker-1": ["a"]}, ["a"])
