"""All experiments, in the order in which they run: one file each."""

from tests.chaos import cameras, hostile, kills, load, outage, soak
from tests.chaos.experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    kills.EXPERIMENT,
    outage.EXPERIMENT,
    load.EXPERIMENT,
    cameras.EXPERIMENT,
    soak.EXPERIMENT,
    hostile.EXPERIMENT,
)
