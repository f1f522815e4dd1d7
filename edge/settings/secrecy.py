"""Secrets of a configuration: hidden where it is shown, kept where it comes back."""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import yaml

from edge.settings.text import compose

HIDDEN = "***"
ADDRESSES = ("url", "record_url")
SECRETS = ("password", "secret", "token", "value")
WEBHOOKS = "webhooks"
NEW = " (changed)"
"""Marks a secret that is not the one it was, in a difference that shows neither."""

_REFERENCES = ("env", "file")
_RECORDING = "file:"
_HARMLESS = frozenset(
    (
        "channel",
        "subtype",
        "profile",
        "stream",
        "streamtype",
        "unicast",
        "proto",
        "resolution",
        "fps",
    )
)
_LOGIN = re.compile(r"(?<=://).*@")
_PARAMETER = re.compile(r"([A-Za-z_][\w.-]*)=([^&/;?#\s]+)")
_REMARK = re.compile(r"#.*")
_SAID = re.compile(r"\b((?:pass\w*|pwd|secret|token)\s*[:=]\s*)(?!\{)[^\s,}]+", re.IGNORECASE)


class HiddenSecretError(Exception):
    """A secret that is not known here was sent back hidden, or a new one may not be set here."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(sentence)
        self.key = key


def hide_address(address: str) -> str:
    """Return an address without the login in it, and without parameters that may be a secret."""

    def parameter(match: re.Match[str]) -> str:
        return match[0] if match[1].lower() in _HARMLESS else f"{match[1]}={HIDDEN}"

    return _PARAMETER.sub(parameter, _LOGIN.sub(f"{HIDDEN}@", address))


def hide_camera(camera: Mapping[str, Any]) -> dict[str, Any]:
    """Return a camera's section as it may be shown."""
    return {key: _hidden(key, value) for key, value in camera.items()}


def restore(keys: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Return keys of a camera with the secrets that were hidden in them.

    Args:
        keys: To be set; a secret as it was shown stays as it is written.
        written: The camera's section as it is.

    Raises:
        HiddenSecretError: A secret is not known, or may only be set in the file itself.
    """
    found = dict(keys)
    for key in (*ADDRESSES, "password"):
        if keys.get(key) is None:
            continue
        if key in written and keys[key] == _hidden(key, written[key]):
            found[key] = written[key]
        elif _refers(keys[key]):
            raise HiddenSecretError(
                key, "a variable or a file of the box can only be named in the file itself"
            )
        elif HIDDEN in str(keys[key]):
            raise HiddenSecretError(key, f"{HIDDEN} stands for a secret; write the secret itself")
    _refuse_to_carry_on(found, written)
    return found


def hide_text(text: str) -> str:
    """Return a valid text without its secrets, those in remarks included."""
    return _hide_text(text, None)[0]


def difference(old: str, new: str) -> str:
    """Return what two valid texts differ in, as a unified diff that shows no secret."""
    before, secrets = _hide_text(old, None)
    after, _ = _hide_text(new, secrets)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    return "\n".join(list(lines)[2:])


def _refuse_to_carry_on(keys: Mapping[str, Any], written: Mapping[str, Any]) -> None:
    """Keep whoever changes an address from having the old password sent there."""
    password = {**written, **keys}.get("password")
    if password is None or password != written.get("password"):
        return
    for key in ADDRESSES:
        new = keys.get(key)
        known = [written.get(one) for one in ADDRESSES]
        if isinstance(new, str) and new not in known and _host(new) not in map(_host, known):
            raise HiddenSecretError(
                "password", f"{key} leads to another camera; write the password of that one"
            )


def _host(address: Any) -> tuple[str, str | None, int | None]:
    try:
        split = urlsplit(str(address))
        port = split.port
    except ValueError:
        return "", None, None
    return split.scheme, split.hostname, port


def _refers(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(one in value for one in _REFERENCES)
    return isinstance(value, str) and value.startswith(_RECORDING)


def _hidden(key: str, value: Any) -> Any:
    if isinstance(value, Mapping) and key in (*ADDRESSES, "password"):
        return {
            one: _hidden(key, inner) if one == "value" else inner for one, inner in value.items()
        }
    if key in ADDRESSES and isinstance(value, str):
        return hide_address(value)
    return HIDDEN if key == "password" and value is not None else value


def _hide_text(text: str, known: Collection[str] | None) -> tuple[str, set[str]]:
    """Return a text without secrets, and these; one that is not ``known`` is marked as changed."""
    found: list[tuple[int, int, str]] = []
    secrets: set[str] = set()
    for key, node in _scalars(compose(text)):
        shown = hide_address(node.value) if key in ADDRESSES else HIDDEN
        if shown == node.value:
            continue
        secrets.add(node.value)
        mark = NEW if known is not None and node.value not in known else ""
        found.append((node.start_mark.index, node.end_mark.index, shown + mark))
    hidden, position = "", 0
    for start, end, shown in sorted(found):
        if start >= position:  # else written once and used again
            hidden += text[position:start] + shown
            position = end
    hidden += text[position:]
    return _REMARK.sub(lambda remark: _hide_remark(remark[0]), hidden), secrets


def _hide_remark(remark: str) -> str:
    return _SAID.sub(rf"\1{HIDDEN}", _LOGIN.sub(f"{HIDDEN}@", remark))


def _scalars(
    node: yaml.Node | None, key: str = "", *, hooks: bool = False
) -> list[tuple[str, yaml.ScalarNode]]:
    """Return the scalars of addresses and secrets below a node, by their keys.

    Args:
        node: Where to look.
        key: Of the node.
        hooks: Whether it is in ``webhooks``, where a whole address is a secret: whoever knows it
            may speak to the receiver.
    """
    if isinstance(node, yaml.ScalarNode):
        if key not in (*ADDRESSES, *SECRETS):
            return []
        return [("secret" if hooks else key, node)]
    found = []
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            name = str(key_node.value)
            # {env: NAME} and {file: PATH} are no secret; {value: TEXT} of an address is one.
            found += _scalars(value, name, hooks=hooks or name == WEBHOOKS)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            found += _scalars(value, "", hooks=hooks)
    return found
