"""An RTSP server of GStreamer's, run by the system's python3: serves files as cameras in real time.

Usage: rtsp_server.py [--user NAME --password WORD] [--plays LOG] PORT [PATH=CODEC:FILE ...]
Prints "ready PORT" when it listens. H.264 and H.265 files in MP4 or Matroska.
"""

import argparse
import sys
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

LAUNCH = {
    "h264": "( filesrc location={file} ! {demux} ! h264parse ! rtph264pay name=pay0 pt=96 )",
    "h265": "( filesrc location={file} ! {demux} ! h265parse ! rtph265pay name=pay0 pt=96 )",
}


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--plays", help="file that gets path and time whenever one begins to play")
    parser.add_argument("mounts", nargs="*", metavar="PATH=CODEC:FILE")
    arguments = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(arguments.port)
    for mount in arguments.mounts:
        path, _, rest = mount.partition("=")
        codec, _, file = rest.partition(":")
        factory = GstRtspServer.RTSPMediaFactory()
        demux = "matroskademux" if Path(file).suffix == ".mkv" else "qtdemux"
        factory.set_launch(LAUNCH[codec].format(file=file, demux=demux))
        factory.set_shared(False)
        if arguments.user:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("user", "media.factory.access", True)
            permissions.add_permission_for_role("user", "media.factory.construct", True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory("/" + path, factory)
    if arguments.user:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(arguments.user, arguments.password), token)
        server.set_auth(auth)
    if arguments.plays:
        tell_plays(server, arguments.plays)
    server.attach(None)
    sys.stdout.write(f"ready {server.get_bound_port()}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


def tell_plays(server: GstRtspServer.RTSPServer, log: str) -> None:
    """Write down when a client is first sent pictures: those of a file begin then."""

    def play(_client: GstRtspServer.RTSPClient, context: GstRtspServer.RTSPContext) -> None:
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(f"{context.uri.abspath} {time.time():.3f}\n")

    server.connect("client-connected", lambda _, client: client.connect("play-request", play))


if __name__ == "__main__":
    main()
