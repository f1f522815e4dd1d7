"""What the console says, in Chinese and in English: one TOML file per page."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any


class Language(StrEnum):
    """A language of the console."""

    EN = "en"
    ZH = "zh"

    @property
    def tag(self) -> str:
        """Return the BCP 47 tag for ``<html lang>``."""
        return "zh-CN" if self is Language.ZH else "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language."""

    language: Language
    by_key: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its places filled in; raises KeyError for a key nobody wrote."""
        text = self.by_key[key]
        return text.format(**values) if values else text

    def known(self, key: str) -> str | None:
        """Return a text as it is written, None if there is none."""
        return self.by_key.get(key)

    def below(self, *prefixes: str) -> dict[str, str]:
        """Return the texts whose keys begin with one of some prefixes, for scripts."""
        return {key: text for key, text in self.by_key.items() if key.startswith(prefixes)}


def load_texts() -> dict[Language, Texts]:
    """Return the texts of every language.

    Raises:
        ValueError: A text is missing in a language, or two files have the same key.
    """
    found: dict[Language, dict[str, str]] = {language: {} for language in Language}
    for file in sorted(files("edge.console").joinpath("texts").iterdir(), key=lambda one: one.name):
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for key, entry in _entries(content, ""):
            if set(entry) != set(Language):
                raise ValueError(f"{file.name}: {key}: must be in en and in zh, and in no other")
            if key in found[Language.EN]:
                raise ValueError(f"{file.name}: {key}: is written in another file already")
            for language in Language:
                found[language][key] = entry[language]
    return {language: Texts(language, texts) for language, texts in found.items()}


def _entries(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    if any(isinstance(value, str) for value in table.values()):
        yield above, table
        return
    for key, below in table.items():
        yield from _entries(below, f"{above}.{key}" if above else key)


def choose(wanted: str | None, accept_language: str) -> Language:
    """Return the language a person chose, else the first known one that the browser asks for.

    Args:
        wanted: What the person chose; None or unknown for nothing.
        accept_language: The header of RFC 9110, 12.5.4; empty if there is none.
    """
    if wanted in set(Language):
        return Language(wanted)
    for _, tag in sorted(_weighted(accept_language), key=lambda one: -one[0]):
        language = tag.partition("-")[0]
        if language in set(Language):
            return Language(language)
    return Language.EN


def _weighted(accept_language: str) -> Iterator[tuple[float, str]]:
    for part in accept_language.split(","):
        tag, _, weight = part.strip().lower().partition(";q=")
        try:
            yield float(weight or 1), tag
        except ValueError:
            continue
