"""A table of codes: shipped ones by scheme, a city's own on top of one of them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from edge.domain.category import Category
from edge.domain.rule import IncidentType
from edge.errors import ConfigError

SHIPPED = {
    "GB/T 30428.2-2013": "gb-t-30428.2-2013.toml",
    "CJ/T 214-2007": "cj-t-214-2007.toml",
}
"""Two schemes are in use side by side; majors 04 and 05 are swapped between them."""

CODE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class CodeTable:
    """Categories by type; every type has one."""

    scheme: str
    version: str
    categories: Mapping[IncidentType, Category]
    permits: Mapping[str, str]
    """Names of permitted classes by their code."""

    def category(self, one: IncidentType) -> Category:
        """Return what the city calls a type of incident."""
        return self.categories[one]


def load_table(scheme: str, overrides: Path | None = None) -> CodeTable:
    """Return a shipped table, or a city's own on top of it.

    Args:
        scheme: Of a shipped table.
        overrides: A TOML file of the same form with the types that the city calls otherwise.

    Raises:
        ConfigError: The scheme is unknown, or the file wrong; names file and key.
    """
    if scheme not in SHIPPED:
        raise ConfigError(f"codes.scheme: {scheme!r} is unknown; use one of: {', '.join(SHIPPED)}")
    shipped = files("edge.codes").joinpath(SHIPPED[scheme])
    table = _read(tomllib.loads(shipped.read_text(encoding="utf-8")), SHIPPED[scheme], {})
    if overrides is None:
        return table
    try:
        content = tomllib.loads(overrides.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"codes.overrides: {overrides} cannot be read: {error}") from error
    own = _read(content, str(overrides), table.categories)
    return CodeTable(own.scheme, own.version, own.categories, {**table.permits, **own.permits})


def _read(
    content: Mapping[str, Any], origin: str, base: Mapping[IncidentType, Category]
) -> CodeTable:
    for key in ("scheme", "version"):
        if not isinstance(content.get(key), str):
            raise ConfigError(f'{origin}: {key} is missing; write {key} = "..."')
    scheme, version = content["scheme"], content["version"]
    majors = content.get("majors", {})
    categories = dict(base)
    for name, row in content.get("types", {}).items():
        if name not in set(IncidentType):
            raise ConfigError(
                f"{origin}: types.{name}: no such type; known: {', '.join(IncidentType)}"
            )
        categories[IncidentType(name)] = _category(origin, name, row, (scheme, version), majors)
    absent = [one for one in IncidentType if one not in categories]
    if absent:
        raise ConfigError(f"{origin}: types: {', '.join(absent)} are missing")
    return CodeTable(scheme, version, categories, content.get("permits", {}))


def _category(
    origin: str, name: str, row: Mapping[str, Any], of: tuple[str, str], majors: Mapping[str, str]
) -> Category:
    code = row.get("code")
    if code is not None and not (
        isinstance(code, str) and len(code) == CODE_DIGITS and code.isdigit()
    ):
        raise ConfigError(
            f'{origin}: types.{name}.code: {code!r} is no code; write four digits like "0409"'
        )
    if not row.get("name"):
        raise ConfigError(f'{origin}: types.{name}.name: is missing; write name = "..."')
    return Category(
        *of, code, row["name"], row.get("name_en", ""), majors.get(code[:2], "") if code else ""
    )
