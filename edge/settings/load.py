"""Read the configuration file and say exactly where it is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.errors import ConfigError
from edge.settings.origin import Location, Origin, dotted
from edge.settings.schema import Settings
from edge.settings.text import YAMLError, line_of, problem_of, read_yaml
from edge.settings.values import AT


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a text.

    Attributes:
        line: From 1; None where it has none.
        key: As ``cameras[0].url``; empty for the text as a whole.
    """

    line: int | None
    key: str
    sentence: str


class InvalidTextError(ConfigError):
    """A text that is no configuration, and all that is wrong with it."""

    def __init__(self, path: Path, faults: Sequence[Fault]) -> None:
        first = faults[0]
        line = "" if first.line is None else f":{first.line}"
        key = f"{first.key}: " if first.key else ""
        super().__init__(f"{path}{line}: {key}{first.sentence}")
        self.faults = tuple(faults)


def load_settings(path: Path) -> Settings:
    """Return the settings of a YAML file.

    Raises:
        ConfigError: One line: file, line, key, what is wrong and what is allowed.
    """
    return parse_settings(path, read_text(path))


def read_text(path: Path) -> str:
    """Return a file's text; raises ConfigError."""
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give an existing file with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def parse_settings(path: Path, text: str) -> Settings:
    """Return the settings of a text as if it were the file's.

    Args:
        path: The file; errors name it, and relative paths start from its folder.
        text: What it holds, or would hold.

    Raises:
        InvalidTextError: It is wrong; as a text the first fault only.
    """
    try:
        content, root = read_yaml(text)
    except YAMLError as error:
        fault = Fault(line_of(error), "", f"is no valid YAML: {problem_of(error)}")
        raise InvalidTextError(path, [fault]) from error
    if not isinstance(content, dict):
        sentence = "must be a mapping of sections such as box, mqtt, cameras"
        raise InvalidTextError(path, [Fault(1, "", sentence)])
    origin = Origin(path, root)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise InvalidTextError(path, [_explain(origin, one) for one in found]) from error
    settings._base = path.resolve().parent
    settings._origin = origin
    settings._text = text
    settings._content = content
    return settings


def _explain(origin: Origin, error: ErrorDetails) -> Fault:
    location = [part for part in error["loc"] if not str(part).startswith("function-")]
    location += error.get("ctx", {}).get(AT, ())
    line, depth = origin.line_of(location)
    key = dotted(location[: depth + 1])
    if error["type"] == "extra_forbidden":
        allowed = ", ".join(_siblings(location))
        return Fault(line, key, f"unknown key; known here: {allowed}")
    if error["type"] == "missing":
        return Fault(line, dotted(location), "is missing; add it")
    problem = error["msg"].removeprefix("Value error, ")
    return Fault(line, key or "file", problem)


def _siblings(location: Location) -> list[str]:
    """Return the keys that are known beside the last one of a path."""
    section: Any = Settings
    for part in location[:-1]:
        if isinstance(part, int):
            continue
        field = next(one for name, one in _fields(section) if name == part)
        section = next(_sections_in(field.annotation))
    return [name for name, _ in _fields(section)]


def _fields(section: Any) -> list[tuple[str, Any]]:
    """Return a section's fields by the names they have in the file."""
    return [(field.alias or name, field) for name, field in section.model_fields.items()]


def _sections_in(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _sections_in(inner)
