"""Where the console listens."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """Return a socket to which browsers can connect from now on; raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where TCP is named does asyncio send each part of an answer at once (TCP_NODELAY);
    # else the second part waits until the browser acknowledges the first: 40 ms for every page.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
