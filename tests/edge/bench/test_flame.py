import time
from collections import Counter
from threading import Event, Thread
from xml.etree import ElementTree

from edge.bench.flame import Stack, flame_svg, sampled


def spend(seconds: float) -> None:
    until_s = time.thread_time() + seconds
    while time.thread_time() < until_s:
        pass


def weight_of(stacks: Counter[Stack], name: str) -> int:
    return sum(weight for stack, weight in stacks.items() if any(name in one for one in stack))


def test_a_thread_counts_for_what_it_spends_and_one_that_waits_for_nothing() -> None:
    ended = Event()
    waiting = Thread(target=ended.wait, name="waiting")
    waiting.start()
    with sampled() as stacks:
        spend(0.15)
    ended.set()
    waiting.join()
    spent_us = weight_of(stacks, "test_flame.spend")
    assert 100_000 < spent_us < 170_000
    assert weight_of(stacks, "threading.Event.wait") + weight_of(stacks, "threading.wait") < 10_000


def test_bars_are_as_wide_as_their_weight_and_lie_below_their_caller() -> None:
    stacks: dict[Stack, int] = {
        ("edge.worker.run", "streams.decode.decode"): 750,
        ("edge.worker.run", "models.session.run"): 250,
    }
    tree = ElementTree.fromstring(flame_svg(stacks, "a street"))
    space = "{http://www.w3.org/2000/svg}"
    bars = {
        bar.get("class"): (float(bar.get("width", 0)), float(bar.get("y", 0)))
        for bar in tree.iter(f"{space}rect")
        if bar.get("class") != "ground"
    }
    widest, top = bars["edge"]
    assert abs(bars["streams"][0] - widest * 0.75) < 0.2
    assert abs(bars["models"][0] - widest * 0.25) < 0.2
    assert bars["streams"][1] == bars["models"][1] > top
    words = [text.text for text in tree.iter(f"{space}text")]
    assert words[0] == "a street, 0.00 s of processor time"
    assert "decode.decode" in words


def test_nothing_spent_is_a_picture_without_bars() -> None:
    tree = ElementTree.fromstring(flame_svg({}))
    assert [text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")] == [
        "processor time, 0.00 s of processor time"
    ]
