"""Change single values of a configuration's text; everything else stays as it is, byte for byte."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from edge.settings.render import entry, inline, item
from edge.settings.text import compose, load_plain

CAMERAS = "cameras"
_IDENTITIES = ("id", "type")
_COMMENT = re.compile(r"(?:^|\s)(#[^\r\n]*)")


class NotEditableError(Exception):
    """The text is written in a way that only its writer can change."""


@dataclass(frozen=True, slots=True)
class _Splice:
    start: int
    end: int
    text: str


def with_cameras(text: str, cameras: Sequence[Mapping[str, Any]]) -> str:
    """Return a text with other cameras; only the lines of what differs are touched.

    Args:
        text: A valid YAML mapping.
        cameras: All of them, as plain values in the words of the file.

    Raises:
        NotEditableError: It cannot be done without touching more, as where anchors are used.
    """
    content = load_plain(text)
    wanted = dict(content) | {CAMERAS: list(cameras)}
    if wanted == content:
        return text
    changed = _Editor(text).edited(content, wanted)
    try:
        same = load_plain(changed) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise NotEditableError
    return changed


def identity(items: Any) -> str | None:
    """Return the key by which the mappings of a list are told apart; None if by none."""
    if not isinstance(items, list | tuple) or not all(isinstance(one, Mapping) for one in items):
        return None
    for key in _IDENTITIES:
        names = [one.get(key) for one in items]
        if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            return key
    return None


class _Editor:
    """Finds what must be replaced in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._splices: list[_Splice] = []
        self._offset = 2

    def edited(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
        """Return the text with ``new`` instead of ``old``."""
        root = compose(self._text)
        if root is None:
            written = self._joined(entry(CAMERAS, new[CAMERAS], offset=self._offset), 0)
            gap = "" if not self._text or self._text.endswith("\n") else self._newline
            return f"{self._text}{gap}{written}{self._newline}"
        if not isinstance(root, yaml.MappingNode):
            raise NotEditableError
        self._offset = self._usual_offset(root)
        self._mapping(root, old, new)
        result, position = "", 0
        # What goes to the same place comes in the order it was found: the inner things first.
        for splice in sorted(self._splices, key=lambda one: one.start):
            if splice.start < position:
                raise NotEditableError
            result += self._text[position : splice.start] + splice.text
            position = splice.end
        return result + self._text[position:]

    def _usual_offset(self, root: yaml.MappingNode) -> int:
        for key, value in root.value:
            if isinstance(value, yaml.SequenceNode) and not value.flow_style:
                return max(int(value.start_mark.column - key.start_mark.column), 0)
        return 2

    def _value(self, key: yaml.Node | None, node: yaml.Node, old: Any, new: Any) -> None:
        """Have a node say ``new``; ``key`` is its own if it stands in a mapping of lines."""
        if old == new and isinstance(old, bool) == isinstance(new, bool):
            return
        if isinstance(node, yaml.MappingNode) and isinstance(new, Mapping) and old and new:
            self._mapping(node, old, new)
        elif isinstance(node, yaml.SequenceNode) and old and new and self._same_order(old, new):
            self._sequence(node, old, new)
        else:
            self._replace(key, node, new)

    def _mapping(
        self, node: yaml.MappingNode, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        entries = {key.value: (key, value) for key, value in node.value}
        if node.flow_style:
            if any(name not in new for name in old):
                self._splice(node.start_mark.index, node.end_mark.index, inline(new))
                return
            added = {name: one for name, one in new.items() if name not in old}
            if added:
                at = _end(node.value[-1][1], self._text)
                self._splice(at, at, f", {inline(added)[1:-1]}")
        kept = [name for name in entries if name in new]
        if not kept:
            raise NotEditableError
        for name in kept:
            if name in old:
                key, value = entries[name]
                self._value(None if node.flow_style else key, value, old[name], new[name])
        if node.flow_style:
            return
        self._drop_entries(node, [name in new for name in entries])
        column = node.start_mark.column
        at = self._end_of_line(_end(entries[kept[-1]][1], self._text))
        for name, one in new.items():
            if name not in old:
                written = self._joined(entry(name, one, offset=self._offset), column)
                self._splice(at, at, self._newline + written)

    def _drop_entries(self, node: yaml.MappingNode, keep: Sequence[bool]) -> None:
        for number, ((key, value), kept) in enumerate(zip(node.value, keep, strict=True)):
            if kept:
                continue
            if self._begins_its_line(key.start_mark.index):
                self._drop_lines(key.start_mark.index, _end(value, self._text))
            elif number + 1 < len(node.value):  # the first one beside a dash: the next moves there
                self._splice(key.start_mark.index, node.value[number + 1][0].start_mark.index, "")
            else:
                raise NotEditableError

    def _same_order(self, old: Any, new: Any) -> bool:
        """Return whether two lists have the same things in the same order, but for some."""
        key = identity(old)
        if key is None or identity(new) != key:
            return False
        names, wanted = [one[key] for one in old], [one[key] for one in new]
        kept = [name for name in names if name in wanted]
        # What is new stands behind what was there.
        return bool(kept) and wanted[: len(kept)] == kept

    def _sequence(
        self,
        node: yaml.SequenceNode,
        old: Sequence[Mapping[str, Any]],
        new: Sequence[Mapping[str, Any]],
    ) -> None:
        key = identity(old)
        assert key is not None
        wanted = {one[key]: one for one in new}
        names = [one[key] for one in old]
        added = [one for one in new if one[key] not in names]
        if node.flow_style and (added or len(wanted) < len(names)):
            self._splice(node.start_mark.index, node.end_mark.index, inline(new))
            return
        at = node.start_mark.index
        for one, child in zip(old, node.value, strict=True):
            if one[key] in wanted:
                self._value(None, child, one, wanted[one[key]])
                at = self._end_of_line(_end(child, self._text))
            else:
                dash = self._text.rindex("-", 0, child.start_mark.index)
                if not self._begins_its_line(dash):
                    raise NotEditableError
                self._drop_lines(dash, _end(child, self._text))
        for one in added:
            written = self._joined(item(one, offset=self._offset), node.start_mark.column)
            self._splice(at, at, self._newline + written)

    def _replace(self, key: yaml.Node | None, node: yaml.Node, new: Any) -> None:
        start, end = node.start_mark.index, _end(node, self._text)
        if key is None:  # within a line, or the item of a list
            if isinstance(node, yaml.CollectionNode) and not node.flow_style:
                raise NotEditableError
            self._splice(start, end, inline(new))
            return
        written = entry(str(key.value), new, offset=self._offset)
        between = self._text[key.end_mark.index : start]
        if len(written) == 1 and "\n" not in between and start < end:
            self._splice(start, end, inline(new))
            return
        remark = _COMMENT.search(between)
        # What follows an empty value on its line may be a remark as well: it stays where it is.
        first = written[0].removeprefix(inline(str(key.value)))
        first += f" {remark[1]}" if remark else ""
        column = key.start_mark.column
        rest = self._joined(written[1:], column)
        if not rest:
            self._splice(key.end_mark.index, end, first)
            return
        self._splice(key.end_mark.index, end, first)
        at = self._end_of_line(end)
        self._splice(at, at, self._newline + rest)

    def _joined(self, written: Sequence[str], column: int) -> str:
        return self._newline.join(" " * column + line for line in written)

    def _splice(self, start: int, end: int, text: str) -> None:
        self._splices.append(_Splice(start, end, text))

    def _begins_its_line(self, index: int) -> bool:
        begin = self._text.rfind("\n", 0, index) + 1
        return not self._text[begin:index].strip()

    def _end_of_line(self, index: int) -> int:
        end = self._text.find("\n", index)
        end = len(self._text) if end < 0 else end
        return end - 1 if self._text[end - 1 : end] == "\r" else end

    def _drop_lines(self, start: int, end: int) -> None:
        begin = self._text.rfind("\n", 0, start) + 1
        after = self._text.find("\n", end)
        self._splice(begin, len(self._text) if after < 0 else after + 1, "")


def _end(node: yaml.Node, text: str) -> int:
    """Return where a node's own text ends; PyYAML's end of a block is where the next one begins."""
    if isinstance(node, yaml.ScalarNode):
        end = int(node.end_mark.index)
        if node.style in ("|", ">"):
            return len(text[:end].rstrip())
        return end
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last, text)
