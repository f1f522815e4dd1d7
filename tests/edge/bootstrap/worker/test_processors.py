from pathlib import Path

from edge.bootstrap.worker.processors import Processors


class Kernel:
    """The files of a kernel."""

    def __init__(self, folder: Path) -> None:
        self.stat = folder / "stat"
        self.throttled = folder / "cpu.stat"
        self.idle = self.used = 0
        self.spend(idle=500, used=500)

    def spend(self, *, idle: int, used: int) -> None:
        self.idle += idle
        self.used += used
        self.stat.write_text(f"cpu  {self.used} 0 0 {self.idle} 0 0 0 0 0 0\ncpu0 1 2 3 4\n")


def test_processors_are_short_while_next_to_none_of_their_time_is_left(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    processors = Processors(kernel.stat, kernel.throttled)
    kernel.spend(idle=100, used=100)
    assert not processors.short()
    kernel.spend(idle=10, used=190)
    assert processors.short()
    kernel.spend(idle=100, used=100)
    assert not processors.short()


def test_a_container_that_met_its_limit_is_short_though_the_machine_is_idle(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    kernel.throttled.write_text("usage_usec 5\nnr_throttled 3\n")
    processors = Processors(kernel.stat, kernel.throttled)
    kernel.spend(idle=100, used=10)
    assert not processors.short()
    kernel.throttled.write_text("usage_usec 9\nnr_throttled 7\n")
    kernel.spend(idle=100, used=10)
    assert processors.short()


def test_where_the_kernel_does_not_say_they_are_taken_for_short(tmp_path: Path) -> None:
    assert Processors(tmp_path / "none", tmp_path / "none").short()
