"""All experiments, in the order in which they run: one file each."""

from tests.chaos import hostile
from tests.chaos.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (hostile.EXPERIMENT,)
