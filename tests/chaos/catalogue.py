"""All experiments, in the order in which they run: one file each."""

from tests.chaos.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = ()
