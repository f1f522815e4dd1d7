"""Where a key stands in the configuration file, so that an error can point at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

Location = Sequence[str | int]
"""Keys and list positions from the top of the file, as ``("cameras", 0, "url")``."""


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """A file and its nodes; None where it is empty."""

    path: Path
    root: yaml.Node | None

    def where(self, location: Location) -> str:
        """Return file, line and key."""
        line, _ = self.line_of(location)
        return f"{self.path}:{line}: {dotted(location)}"

    def line_of(self, location: Location) -> tuple[int, int]:
        """Return the line (from 1) of a key and how deep the file goes along its path."""
        node, line, depth = self.root, 1, -1
        for index, part in enumerate(location):
            child = None
            if isinstance(node, yaml.MappingNode):
                for key_node, value_node in node.value:
                    if key_node.value == str(part):
                        line, child = key_node.start_mark.line + 1, value_node
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                child = node.value[part] if part < len(node.value) else None
                line = child.start_mark.line + 1 if child is not None else line
            if child is None:
                break
            node, depth = child, index
        return line, depth


def dotted(location: Location) -> str:
    """Return a location as people write it: ``cameras[0].url``."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
