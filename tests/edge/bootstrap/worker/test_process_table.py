import multiprocessing
import os

from edge.bootstrap.worker.process_table import ProcessTable


def test_this_process_and_its_children_are_told_until_they_end() -> None:
    table = ProcessTable()
    context = multiprocessing.get_context("fork")
    pipe, theirs = context.Pipe()
    child = context.Process(target=theirs.poll, args=(30.0,), name="worker-1")
    child.start()
    own, other = table()
    assert (own.name, own.pid) == ("service", os.getpid())
    assert (other.name, other.pid) == ("worker-1", child.pid)
    assert own.memory_bytes > other.memory_bytes > 10**6
    assert own.runs_s >= other.runs_s >= 0
    assert own.cpu_share > 0
    pipe.send("end")
    child.join()
    assert [one.name for one in table()] == ["service"]
