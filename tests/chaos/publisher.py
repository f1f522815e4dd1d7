"""The same client library with nothing else to do, in a process of its own."""

from collections.abc import Sequence
from multiprocessing.connection import Connection

from edge.bench.publisher import publish_bare


def publish(
    url: str, topic_root: str, sizes: Sequence[int], window: int, result: "Connection[float, float]"
) -> None:
    """Publish messages of these sizes with QoS 1; send how many seconds it took.

    Args:
        url: ``mqtt://host:port``.
        topic_root: What they are told below.
        sizes: In bytes.
        window: Messages sent ahead of their acknowledgement.
        result: Takes the seconds.
    """
    content = bytes(max(sizes))
    payloads = [content[:size] for size in sizes]
    result.send(publish_bare(url, f"{topic_root}/passages", payloads, window).wall_s)
