"""What a process keeps of the memory that it has freed, tried on one that is there for that."""

import ctypes
import subprocess
import sys

import pytest

from edge.bootstrap.worker.heap import HEAPS

FREES = """
import gc, os
from edge.bench.service_tree import anonymous_mib
from edge.bootstrap.worker.heap import settle
blocks = [bytes([1]) * 64_000 for _ in range(1000)]
last = bytes([1]) * 64_000
del blocks
before = anonymous_mib(os.getpid())
settle()
print(before - anonymous_mib(os.getpid()), gc.get_freeze_count())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is another one"
)
def test_what_was_freed_is_given_back_and_what_stays_is_not_looked_at_again() -> None:
    said = subprocess.run([sys.executable, "-c", FREES], capture_output=True, text=True, check=True)
    given_back_mib, frozen = map(float, said.stdout.split())
    assert given_back_mib > 50
    assert frozen > 1000


THREADS = """
import threading
from edge.bootstrap.worker.heap import share_heaps
{call}
met = threading.Barrier(21)
def work():
    held = [bytes([1]) * 100_000 for _ in range(10)]
    met.wait()
    met.wait()
for _ in range(20):
    threading.Thread(target=work, daemon=True).start()
met.wait()
starts = [int(line.split("-")[0], 16) for line in open("/proc/self/maps") if " 00:00 0" in line]
print(sum(start % 2**26 == 0 for start in starts))
met.wait()
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is another one"
)
def test_threads_share_a_few_heaps() -> None:
    def heaps(call: str) -> int:
        """Return how many heaps lie at multiples of 64 MiB, as glibc lays out those of threads."""
        script = THREADS.format(call=call)
        said = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        return int(said.stdout)

    # Something else may lie at such a multiple by chance; two threads' heaps are no chance.
    assert heaps("share_heaps()") + HEAPS < heaps("")
