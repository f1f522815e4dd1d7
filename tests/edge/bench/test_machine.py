from dataclasses import replace
from pathlib import Path

from edge.bench.machine import this_machine


def test_a_machine_is_told_with_the_name_that_the_kernel_gives_its_processor(
    tmp_path: Path,
) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: Quick 9000 @ 2.1GHz: two\n\nmodel name\t: no\n")
    found = this_machine(told)
    assert found.processor == "Quick 9000 @ 2.1GHz: two"
    assert found.cores >= 1
    assert found.memory_bytes > 2**28
    assert found.line.startswith(f"{found.cores} x Quick 9000 @ 2.1GHz: two, ")
    assert found.line.endswith(found.kernel)


def test_a_kernel_that_gives_no_name_leaves_the_architecture(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nCPU part\t: 0xd0b\n")
    assert this_machine(told).processor
    assert this_machine(tmp_path / "absent").processor == this_machine(told).processor


def test_times_are_comparable_on_the_same_processor_whatever_the_kernel() -> None:
    found = this_machine()
    assert found.computes_like(replace(found, kernel="Linux 9", memory_bytes=1))
    assert not found.computes_like(replace(found, cores=found.cores + 1))
    assert not found.computes_like(replace(found, processor="another"))
