"""What is told of a network's runs to whoever measures them."""

import numpy as np

from models.catalog import load_catalog
from models.depot import Depot
from models.session import Network, load_network, overheard


def test_every_run_is_told_with_the_shape_of_its_batch_until_nobody_listens(
    models_ready: None,
) -> None:
    network = load_network(Depot().ready(load_catalog().entry("yunet")))
    told: list[tuple[Network, tuple[int, ...]]] = []
    shapes = [(1, 3, 64, 96), (1, 3, 128, 128)]
    with overheard(lambda one, shape: told.append((one, shape))):
        for shape in shapes:
            network.run(np.zeros(shape, np.float32))
    network.run(np.zeros(shapes[0], np.float32))
    assert told == [(network, shape) for shape in shapes]
