"""What a worker process and the service write for each other: a few numbers in shared memory.

Each number has one writer and is read as it is. Nobody waits for anybody, so a worker that hangs,
even with the interpreter's lock or stopped by a signal, is seen by numbers that stand still.
"""

import ctypes
from enum import IntEnum
from multiprocessing import get_context
from typing import Protocol

SLOTS = 512
"""Cameras of one process that are watched; a process with more than fifty is in trouble anyway."""


class Stage(IntEnum):
    """How far a worker process is."""

    STARTING = 0
    SPARE = 1
    LOADING = 2
    READY = 3
    """Everything is loaded; its cameras wait for their turn, or run."""
    CAMERAS_OVER = 4
    """Every camera has come to an end and its memory is on disk; clips may be written still."""


class CameraSlot(ctypes.Structure):
    """One camera's numbers, in the order of the process's share."""

    _fields_ = (
        ("progress", ctypes.c_uint64),
        ("thread", ctypes.c_uint64),
        ("crashed", ctypes.c_uint64),
        ("over", ctypes.c_uint64),
    )
    progress: int
    thread: int
    crashed: int
    over: int


class _Slate(ctypes.Structure):
    _fields_ = (
        ("beats", ctypes.c_uint64),
        ("stage", ctypes.c_uint64),
        ("at_hand", ctypes.c_uint64),
        ("turn", ctypes.c_uint64),
        ("followed", ctypes.c_uint64),
        ("strain", ctypes.c_double),
        ("common_strain", ctypes.c_double),
        ("unwritten", ctypes.c_uint64),
        ("lost", ctypes.c_uint64),
        ("suspect", ctypes.c_uint64),
        ("cameras", CameraSlot * SLOTS),
    )


class Slate(Protocol):
    """The numbers.

    Attributes:
        beats: Counts up while any thread of the worker can run.
        stage: How far the worker is.
        at_hand: Cameras whose first picture is there.
        turn: Written by the service: 1 once the cameras may go on.
        followed: Written by the service: 1 if they go on in another process.
        strain: How much less the worker looks than it should, from 0 to 1.
        common_strain: Written by the service: the greatest strain of all workers.
        unwritten: Alerts and passages that wait in the worker's memory for the disk.
        lost: Those for which there was no more room.
        suspect: Written by the service: 1 while the box's clock is doubted.
        cameras: One slot each.
    """

    beats: int
    stage: int
    at_hand: int
    turn: int
    followed: int
    strain: float
    common_strain: float
    unwritten: int
    lost: int
    suspect: int
    cameras: "ctypes.Array[CameraSlot]"


def new_slate() -> Slate:
    """Return numbers that a spawned process is handed as an argument."""
    slate: Slate = get_context("spawn").RawValue(_Slate)
    return slate
