"""YAML as a configuration is written in it: one document, no key twice, nothing that runs."""

from collections.abc import Callable
from typing import Any

import yaml
from yaml import YAMLError
from yaml.constructor import ConstructorError
from yaml.error import Mark
from yaml.reader import ReaderError

__all__ = ["YAMLError", "compose", "line_of", "load_plain", "problem_of", "read_yaml"]

DEEPEST = 50
"""Levels of nesting; a configuration has ten."""

_TAG = "tag:yaml.org,2002:"
_READ_ERRORS = (ValueError, KeyError, AttributeError, TypeError)
"""What PyYAML raises where a scalar is not what its tag or form says."""


class _Loader(yaml.SafeLoader):
    """Keeps dates as they are written: the settings read them themselves, and say what is wrong."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Return the next node; see PyYAML."""
        self._depth += 1
        if self._depth > DEEPEST:
            problem = f"is nested deeper than {DEEPEST} levels"
            raise ConstructorError(None, None, problem, self.get_mark())
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Return the next mapping; the second of two equal keys would silently win."""
        node = super().compose_mapping_node(anchor)
        known = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in known:
                    problem = f"has the key {key.value!r} twice; keep one of them"
                    raise ConstructorError(None, None, problem, key.start_mark)
                known.add(key.value)
        return node


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag != f"{_TAG}timestamp"]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _told(construct: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a constructor that says where a value is that it cannot read."""

    def constructed(loader: Any, node: yaml.Node) -> Any:
        try:
            return construct(loader, node)
        except _READ_ERRORS as error:
            kind = node.tag.removeprefix(_TAG)
            problem = f"has a value that cannot be read as {kind}"
            raise ConstructorError(None, None, problem, node.start_mark) from error

    return constructed


for _kind in ("bool", "int", "float", "timestamp"):
    _Loader.add_constructor(
        f"{_TAG}{_kind}", _told(yaml.SafeLoader.yaml_constructors[_TAG + _kind])
    )


def compose(text: str) -> yaml.Node | None:
    """Return a text's nodes, None if it is empty; raises ``YAMLError``."""
    loader = _Loader(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def load_plain(text: str) -> Any:
    """Return what a text holds, as plain lists, mappings and scalars; raises ``YAMLError``."""
    return read_yaml(text)[0]


def read_yaml(text: str) -> tuple[Any, yaml.Node | None]:
    """Return content and nodes of a text, parsed once: large files take long.

    Raises:
        YAMLError: It is none; see ``line_of`` and ``problem_of``.
    """
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        content = None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()
    return {} if content is None else content, root


def line_of(error: YAMLError) -> int | None:
    """Return the line of an error, from 1; None where it has none."""
    mark: Mark | None = getattr(error, "problem_mark", None)
    return int(mark.line) + 1 if mark is not None else None


def problem_of(error: YAMLError) -> str:
    """Return what is wrong, on one line."""
    if isinstance(error, ReaderError):
        return f"the character U+{int(error.character):04X} is not allowed"
    return str(getattr(error, "problem", None) or "unreadable").replace("\n", " ")
