"""All experiments, in the order in which they run: one file each."""

from tests.chaos import cameras, hostile, soak
from tests.chaos.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (cameras.EXPERIMENT, soak.EXPERIMENT, hostile.EXPERIMENT)
