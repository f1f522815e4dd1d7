"""What a worker would refuse in a camera's section that is valid as such, as far as is cheap."""

import re
from collections.abc import Collection, Iterator
from threading import Event

from edge.bootstrap.camera.cameras import code_table
from edge.bootstrap.camera.openers import stream_opener
from edge.bootstrap.camera.street import zone_rules
from edge.bootstrap.inspection import require_pictures
from edge.clock import Clock
from edge.domain.rule import Needs
from edge.errors import ConfigError
from edge.settings import Settings
from edge.settings.load import Fault
from edge.settings.schema import Camera

_LOCATED = re.compile(r".*?:(\d+): ([\w.\[\]]+): (.*)", re.DOTALL)


def doubts(settings: Settings, camera_ids: Collection[str], clock: Clock) -> Iterator[Fault]:
    """Yield the first thing that each camera could not be run with; nothing is opened or loaded."""
    for number, camera in enumerate(settings.cameras):
        if camera.id not in camera_ids:
            continue
        try:
            _try(settings, camera, clock)
        except ConfigError as error:
            located = _LOCATED.fullmatch(str(error))
            if located:
                yield Fault(int(located[1]), located[2], located[3])
            else:
                yield Fault(None, f"cameras[{number}]", str(error))


def _try(settings: Settings, camera: Camera, clock: Clock) -> None:
    stream_opener(settings, camera, stop=Event(), clock=clock)
    if not camera.watches_street:
        return
    code_table(settings)
    rules = zone_rules(settings, camera, after=clock.utc())
    if any(one.rule.needs is Needs.CLOUDS for one in rules):
        require_pictures(settings, camera)
