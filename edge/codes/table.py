"""Code tables: what a standard or a city calls each type of incident.

The two standards number the same things differently, and every city adds minors of its own. So a
code never stands in the source: it is data with a scheme and a version that go out with it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from edge.domain.category import Category
from edge.domain.rule import IncidentType
from edge.errors import ConfigError

SHIPPED = {
    "GB/T 30428.2-2013": "gb-t-30428.2-2013.toml",
    "CJ/T 214-2007": "cj-t-214-2007.toml",
}
"""Tables that come with gridwatch: file by scheme."""

CODE = re.compile(r"\d{4}", re.ASCII)
"""Major and minor, two digits each."""

KEYS = ("scheme", "base", "version", "majors", "types", "permits")
ROW_KEYS = ("code", "name", "name_en", "basis", "source")


class Basis(StrEnum):
    """How sure a code is."""

    READ = "read"
    INFERRED = "inferred"
    """Concluded, not read: to be compared with the city's own table."""
    EXTENSION = "extension"
    """One city's own minor."""
    LOCAL = "local"
    """No code: the standard has no such class."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        basis: How sure the code is.
        source: Where a code comes from that was not simply read.
    """

    category: Category
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A scheme's names for every type of incident, and for what it permits.

    Attributes:
        majors: Chinese name by the first two digits.
        permits: By our name of the permitted trade.
    """

    scheme: str
    version: str
    majors: Mapping[str, str]
    rows: Mapping[IncidentType, Row]
    permits: Mapping[str, Row]

    def category(self, incident: IncidentType) -> Category:
        """Return what an incident of this type is called."""
        return self.rows[incident].category


def load_table(scheme_or_path: str | Path, overrides: Path | None = None) -> CodeTable:
    """Return the table of a shipped scheme or of a file, with a city's own rows laid over it.

    A city's file names the scheme it stands on with ``base`` and gives only the rows that differ;
    these go out under its own scheme and version, all others under those of the base.

    Args:
        scheme_or_path: ``GB/T 30428.2-2013``, ``CJ/T 214-2007``, or a TOML file of the same form.
        overrides: A city's file; its ``base``, if it has one, must be the scheme it is laid over.

    Raises:
        ConfigError: Names the file, the key, and what is allowed.
    """
    if str(scheme_or_path) in SHIPPED:
        table = _shipped(str(scheme_or_path))
    else:
        path = Path(scheme_or_path)
        if not path.is_file():
            raise ConfigError(
                f"code table {str(scheme_or_path)!r}: is neither a scheme nor a file; "
                f"use one of: {', '.join(SHIPPED)}, or a TOML file"
            )
        table = _read(path, None)
    return table if overrides is None else _read(overrides, table)


@cache
def _shipped(scheme: str) -> CodeTable:
    return _read(files("edge.codes").joinpath(SHIPPED[scheme]), None)


def _read(file: Traversable | Path, over: CodeTable | None) -> CodeTable:
    content = _content(file)
    _known(file, "", content, KEYS)
    scheme, version = _text(file, "scheme", content), _text(file, "version", content)
    base = _base(file, content, over)
    own = _section(file, "majors", content)
    majors = {**(base.majors if base else {}), **{m: _text(file, f"majors.{m}", own) for m in own}}

    def rows(section: str) -> dict[str, Row]:
        return {
            name: _row(file, f"{section}.{name}", row, scheme, version, majors)
            for name, row in _section(file, section, content).items()
        }

    known = [str(incident) for incident in IncidentType]
    found = rows("types")
    _known(file, "types", found, known)
    if base is None and (lacking := [name for name in known if name not in found]):
        raise ConfigError(
            f"{file}: types.{lacking[0]}: is missing; add it, or name a base: {', '.join(SHIPPED)}"
        )
    types = {IncidentType(name): row for name, row in found.items()}
    return CodeTable(
        scheme,
        version,
        majors,
        {**(base.rows if base else {}), **types},
        {**(base.permits if base else {}), **rows("permits")},
    )


def _content(file: Traversable | Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); see codes") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is no valid TOML: {error}") from error


def _base(
    file: Traversable | Path, content: Mapping[str, Any], over: CodeTable | None
) -> CodeTable | None:
    if "base" not in content:
        return over
    base = _text(file, "base", content)
    if over is not None and base != over.scheme:
        raise ConfigError(
            f"{file}: base: is {base!r}, but it is laid over {over.scheme!r}; make them the same"
        )
    if over is None and base not in SHIPPED:
        raise ConfigError(f"{file}: base: is {base!r}; use one of: {', '.join(SHIPPED)}")
    return over or _shipped(base)


def _row(
    file: Traversable | Path,
    key: str,
    row: Any,
    scheme: str,
    version: str,
    majors: Mapping[str, str],
) -> Row:
    if not isinstance(row, dict):
        raise ConfigError(f"{file}: {key}: must be a table with {', '.join(ROW_KEYS)}")
    _known(file, key, row, ROW_KEYS)
    code = row.get("code")
    if code is not None and (not isinstance(code, str) or not CODE.fullmatch(code)):
        raise ConfigError(
            f'{file}: {key}.code: is {code!r}; write four digits in quotes, like "0409", '
            "or leave it out where there is none"
        )
    if code is not None and code[:2] not in majors:
        raise ConfigError(
            f"{file}: {key}.code: {code} begins with no major of the table; "
            f"majors: {', '.join(majors)}"
        )
    usual = Basis.LOCAL if code is None else Basis.READ
    basis = row.get("basis", usual)
    allowed = [str(one) for one in Basis if (one is Basis.LOCAL) == (code is None)]
    if basis not in allowed:
        raise ConfigError(f"{file}: {key}.basis: is {basis!r}; use one of: {', '.join(allowed)}")
    category = Category(
        scheme=scheme,
        version=version,
        code=code,
        name=_text(file, f"{key}.name", row),
        name_en=_text(file, f"{key}.name_en", row),
        major_name=majors[code[:2]] if code is not None else "",
    )
    source = _text(file, f"{key}.source", row) if "source" in row else ""
    return Row(category, Basis(basis), source)


def _known(
    file: Traversable | Path,
    section: str,
    found: Mapping[str, object],
    allowed: tuple[str, ...] | list[str],
) -> None:
    for name in found:
        if name not in allowed:
            key = f"{section}.{name}" if section else name
            raise ConfigError(f"{file}: {key}: unknown key; use one of: {', '.join(allowed)}")


def _section(file: Traversable | Path, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
    section = content.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{file}: {name}: must be a table")
    return section


def _text(file: Traversable | Path, key: str, row: Mapping[str, Any]) -> str:
    """Return the text under a key's last part; ``key`` is its whole path, for the message."""
    text = row.get(key.rpartition(".")[2])
    if not isinstance(text, str) or not text.strip():
        raise ConfigError(f"{file}: {key}: must be a text in quotes that is not empty")
    return text
