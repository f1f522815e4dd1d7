"""The networks that benches measure: those of a box on which nothing is set."""

from edge.bootstrap.camera.street import choose_detector
from edge.bootstrap.parts import load_pack, placement
from edge.errors import ConfigError
from edge.settings import Settings
from models.faces import FacePack
from models.objects import Chosen
from models.sources import Progress


def faces(progress: Progress, *, exact: bool = False) -> FacePack:
    """Return the face pack, pulled if absent; ``exact`` as enrolment has it."""
    return load_pack(Settings(), exact=exact, progress=progress)


def objects(progress: Progress) -> Chosen:
    """Return the street detector, pulled if absent."""
    settings = Settings()
    chosen = choose_detector(settings, placement(settings), progress=progress)
    if chosen is None:
        raise ConfigError("models.street: is none; there is nothing to measure")
    return chosen
