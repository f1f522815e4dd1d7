"""A process that really crashes in native code, in one of its threads."""

import subprocess
import sys

from edge.supervisor.ending import Ending, ending_of
from edge.supervisor.slate import new_slate

SCRIPT = """
import ctypes, faulthandler, resource, sys, threading
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
faulthandler.enable(file=sys.stderr)
go = threading.Event()
def decode():
    go.wait()
    ctypes.string_at(0)
east = threading.Thread(target=go.wait)
west = threading.Thread(target=decode)
east.start()
west.start()
print(east.ident, west.ident, flush=True)
go.set()
west.join()
"""


def test_the_camera_in_whose_thread_it_was_is_found_by_what_the_crash_has_written() -> None:
    crashed = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False
    )
    slate = new_slate()
    for number, ident in enumerate(crashed.stdout.split()):
        slate.cameras[number].thread = int(ident)
    ending = ending_of(
        crashed.returncode,
        slate=slate,
        camera_ids=("east", "west"),
        last_words=crashed.stderr,
        why=None,
    )
    assert ending == Ending("SIGSEGV", by_itself=True, camera_id="west")
