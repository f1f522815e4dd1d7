"""Changes of cameras, made to the plain content of a configuration."""

from collections.abc import Sequence
from typing import Any

from edge.console.configuration import Change
from edge.settings.edit import CAMERAS
from edge.settings.secrecy import HiddenSecretError, restore


class PlacedError(Exception):
    """A change that cannot be made, and where."""

    def __init__(self, at: Sequence[str | int], sentence: str) -> None:
        super().__init__(sentence)
        self.at = at
        self.sentence = sentence


def named(items: Sequence[dict[str, Any]], key: str, name: str) -> dict[str, Any]:
    """Return the item that has a name; raises KeyError."""
    for one in items:
        if one.get(key) == name:
            return one
    raise KeyError(name)


def changed(cameras: Sequence[dict[str, Any]], change: Change) -> list[dict[str, Any]]:
    """Return cameras after a change; raises PlacedError."""
    number = next(
        (at for at, one in enumerate(cameras) if one.get("id") == change.camera_id), len(cameras)
    )
    if change.keys is None:
        if number == len(cameras):
            raise PlacedError([CAMERAS], f"there is no camera {change.camera_id!r} to remove")
        return [*cameras[:number], *cameras[number + 1 :]]
    written = cameras[number] if number < len(cameras) else {"id": change.camera_id}
    if change.keys.get("id", change.camera_id) != change.camera_id:
        raise PlacedError(
            [CAMERAS, number, "id"], "cannot change; add a camera of the new name, remove this one"
        )
    try:
        keys = restore(change.keys, written)
    except HiddenSecretError as error:
        raise PlacedError([CAMERAS, number, error.key], str(error)) from error
    gone = [key for key, value in keys.items() if value is None]
    camera = {key: value for key, value in {**written, **keys}.items() if key not in gone}
    return [*cameras[:number], camera, *cameras[number + 1 :]]


def duration(seconds: float) -> str:
    """Return seconds as people write them."""
    return f"{seconds / 60:g}m" if seconds and seconds % 60 == 0 else f"{seconds:g}s"
