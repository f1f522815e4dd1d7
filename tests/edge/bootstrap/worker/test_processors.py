from pathlib import Path

from edge.bootstrap.worker.processors import Processors


class Kernel:
    """The files of a kernel with three processors, of which a process may use the first two."""

    def __init__(self, folder: Path) -> None:
        self.stat = folder / "stat"
        self.throttled = folder / "cpu.stat"
        self.idle = self.used = self.elsewhere = 0
        self.spend(idle=500, used=500)

    def open(self) -> Processors:
        return Processors(self.stat, self.throttled, own=lambda: {0, 1})

    def spend(self, *, idle: int, used: int, elsewhere: int = 0) -> None:
        self.idle += idle
        self.used += used
        self.elsewhere += elsewhere
        self.stat.write_text(
            f"cpu  {self.used} 0 0 {self.idle + self.elsewhere} 0 0 0 0 0 0\n"
            f"cpu0 {self.used} 0 0 0 0 0 0 0 0 0\n"
            f"cpu1 0 0 0 {self.idle} 0 0 0 0 0 0\n"
            f"cpu2 0 0 0 {self.elsewhere} 0 0 0 0 0 0\n"
            "intr 5 4 3\n"
        )


def test_processors_are_short_while_next_to_none_of_their_time_is_left(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    processors = kernel.open()
    kernel.spend(idle=100, used=100)
    assert not processors.short()
    kernel.spend(idle=10, used=190)
    assert processors.short()
    kernel.spend(idle=100, used=100)
    assert not processors.short()


def test_what_others_processors_have_left_is_of_no_use(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    processors = kernel.open()
    kernel.spend(idle=5, used=195, elsewhere=1000)
    assert processors.short()


def test_a_container_that_met_its_limit_is_short_though_the_machine_is_idle(tmp_path: Path) -> None:
    kernel = Kernel(tmp_path)
    kernel.throttled.write_text("usage_usec 5\nnr_throttled 3\n")
    processors = kernel.open()
    kernel.spend(idle=100, used=10)
    assert not processors.short()
    kernel.throttled.write_text("usage_usec 9\nnr_throttled 7\n")
    kernel.spend(idle=100, used=10)
    assert processors.short()


def test_where_the_kernel_does_not_say_they_are_taken_for_short(tmp_path: Path) -> None:
    assert Processors(tmp_path / "none", tmp_path / "none").short()
