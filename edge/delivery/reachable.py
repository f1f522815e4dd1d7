"""Addresses that a webhook may lead to, looked at after the name was resolved."""

import socket
import time
from ipaddress import IPv4Address, IPv6Address, ip_address

from edge.errors import DeliveryError

_METADATA = frozenset(map(ip_address, ("100.100.100.200", "fd00:ec2::254")))
"""Where clouds tell a machine its keys, beside the link-local 169.254.169.254."""


def refused(address: str) -> bool:
    """Return whether nobody's receiver can be at an address.

    Networks of the site are allowed, and so is the box itself: that is where receivers are.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip in _METADATA


def on_this_machine(host: str) -> bool:
    """Return whether a host is the box itself by its name; nothing is resolved."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def dial(host: str, port: int, *, timeout_s: float) -> socket.socket:
    """Return a connection to the first address of a host that answers.

    Raises:
        DeliveryError: None does, or one is where no receiver can be.
    """
    deadline_s = time.monotonic() + timeout_s
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"its name is not known here ({_said(error)})") from error
    reason = "nobody listens there"
    for family, kind, protocol, _, address in found:
        if refused(str(address[0])):
            raise DeliveryError(
                f"leads to {address[0]}, an address of the network itself; no receiver is there"
            )
        line = socket.socket(family, kind, protocol)
        line.settimeout(max(deadline_s - time.monotonic(), 0.001))
        try:
            line.connect(address)
        except OSError as error:
            line.close()
            reason = f"cannot be reached ({_said(error)})"
            continue
        return line
    raise DeliveryError(reason)


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
