"""Read the configuration file and say exactly where it is wrong."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from edge.errors import ConfigError
from edge.settings.origin import Location, Origin, dotted
from edge.settings.schema import Settings
from edge.settings.values import AT


class _Loader(yaml.SafeLoader):
    """Keeps dates as they are written: the settings read them themselves, and say what is wrong."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_settings(path: Path) -> Settings:
    """Return the settings of a YAML file.

    Raises:
        ConfigError: One line: file, line, key, what is wrong and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give an existing file with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
    try:
        root = yaml.compose(text, Loader=_Loader)
        content = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise ConfigError(
            f"{path}{_yaml_line(error)}: is no valid YAML: {_yaml_problem(error)}"
        ) from error
    if content is None:
        content = {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path}:1: must be a mapping of sections such as box, mqtt, cameras")
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ConfigError(_explain(Origin(path, root), first)) from error
    settings._base = path.resolve().parent
    settings._origin = Origin(path, root)
    return settings


def _explain(origin: Origin, error: ErrorDetails) -> str:
    location = [part for part in error["loc"] if not str(part).startswith("function-")]
    location += error.get("ctx", {}).get(AT, ())
    line, depth = origin.line_of(location)
    key = dotted(location[: depth + 1])
    path = origin.path
    if error["type"] == "extra_forbidden":
        allowed = ", ".join(_siblings(location))
        return f"{path}:{line}: {key}: unknown key; known here: {allowed}"
    if error["type"] == "missing":
        return f"{path}:{line}: {dotted(location)}: is missing; add it"
    problem = error["msg"].removeprefix("Value error, ")
    return f"{path}:{line}: {key or 'file'}: {problem}"


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


def _yaml_line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark is not None else ""


def _yaml_problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or "unreadable").replace("\n", " ")
