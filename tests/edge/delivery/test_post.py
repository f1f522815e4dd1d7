"""What may happen to one request on its way."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge.delivery.post import Answer, Post
from edge.delivery.reachable import dial, refused
from edge.errors import ConfigError, DeliveryError
from tests.certificates import Authority
from tests.receiver import receiving

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def listening(behave: Behaviour) -> Iterator[int]:
    """Yield the port of somebody who takes one connection and behaves like that."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)  # if nobody comes

        def serve() -> None:
            with contextlib.suppress(OSError):
                line, _ = server.accept()
                with line:
                    behave(line, over)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            thread.join()


def silent(_: socket.socket, over: threading.Event) -> None:
    over.wait(10)


def dripping(line: socket.socket, over: threading.Event) -> None:
    """Never let a single read wait long, and never come to an end."""
    line.sendall(b"HTTP/1.1 200 OK\r\nX-Endless: ")
    while not over.wait(0.02):
        line.sendall(b"x")


def hanging_up(line: socket.socket, _: threading.Event) -> None:
    line.recv(1)


def talking_nonsense(line: socket.socket, over: threading.Event) -> None:
    line.sendall(b"220 mail.example ESMTP\r\n")
    over.wait(10)


def test_the_text_of_a_refusal_is_bounded() -> None:
    with receiving() as receiver:
        receiver.answer = lambda request: Answer(400, "x" * 100_000)  # type: ignore[method-assign]
        answer = Post(receiver.url, timeout_s=5).send(b"{}", {})
    assert answer.status == 400
    assert len(answer.said) == 200


def test_what_a_receiver_goes_on_to_say_is_not_listened_to() -> None:
    def chat(line: socket.socket, over: threading.Event) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        over.wait(10)

    with listening(chat) as port:
        assert Post(f"http://127.0.0.1:{port}/", timeout_s=60).send(b"{}", {}).status == 200


@pytest.mark.parametrize("slow", [silent, dripping])
def test_a_slow_receiver_is_cut_off_in_time(slow: Behaviour) -> None:
    with listening(slow) as port, pytest.raises(DeliveryError, match=r"no answer within 0\.3 s"):
        Post(f"http://127.0.0.1:{port}/", timeout_s=0.3).send(b"{}", {})


def test_a_handshake_that_never_ends_is_cut_off_too() -> None:
    def drip(line: socket.socket, over: threading.Event) -> None:
        line.sendall(b"\x16\x03\x03\x40\x00")  # a long record, byte by byte
        while not over.wait(0.02):
            line.sendall(b"x")

    with listening(drip) as port, pytest.raises(DeliveryError, match="no answer within"):
        Post(f"https://127.0.0.1:{port}/", timeout_s=0.3).send(b"{}", {})


@pytest.mark.parametrize("bad", [hanging_up, talking_nonsense])
def test_a_broken_answer_is_none(bad: Behaviour) -> None:
    with listening(bad) as port, pytest.raises(DeliveryError, match="the connection broke"):
        Post(f"http://127.0.0.1:{port}/", timeout_s=5).send(b"{}", {})


def test_the_end_of_the_service_breaks_off_what_is_under_way() -> None:
    connected = threading.Event()

    def wait(line: socket.socket, over: threading.Event) -> None:
        line.recv(1)
        connected.set()
        over.wait(10)

    with listening(wait) as port:
        post = Post(f"http://127.0.0.1:{port}/", timeout_s=60)
        said: list[str] = []

        def send() -> None:
            try:
                post.send(b"{}", {})
            except DeliveryError as error:
                said.append(str(error))

        thread = threading.Thread(target=send)
        thread.start()
        assert connected.wait(10)
        post.end()
        thread.join(10)
        assert not thread.is_alive()
        assert said
        with pytest.raises(DeliveryError, match="the service ends"):
            Post.send(post, b"{}", {})


def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch, free_port: int) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    with receiving() as receiver:
        assert Post(receiver.url, timeout_s=5).send(b"{}", {}).status == 204


def secure(authority: Authority) -> Behaviour:
    issued = authority.issue("receiver")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)

    def serve(line: socket.socket, _: threading.Event) -> None:
        with context.wrap_socket(line, server_side=True) as safe:
            received = b""
            while b"\r\n\r\n{}" not in received:
                received += safe.recv(1000)
            safe.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    return serve


def test_a_receiver_proves_itself_by_its_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "authority")
    with listening(secure(authority)) as port:
        post = Post(f"https://127.0.0.1:{port}/", timeout_s=5, ca=authority.file)
        assert post.send(b"{}", {}).status == 204


def test_a_receiver_with_an_unknown_certificate_is_told_nothing(tmp_path: Path) -> None:
    with listening(secure(Authority(tmp_path, "authority"))) as port:
        post = Post(f"https://127.0.0.1:{port}/", timeout_s=5)
        with pytest.raises(DeliveryError, match=r"certificate is not valid .* webhooks\.ca"):
            post.send(b"{}", {})


def test_whoever_uploads_is_told_of_the_key_that_is_theirs(tmp_path: Path) -> None:
    with listening(secure(Authority(tmp_path, "authority"))) as port:
        post = Post(f"https://127.0.0.1:{port}/", timeout_s=5, authority="commands.uploads_ca")
        with pytest.raises(DeliveryError, match=r"not valid .* commands\.uploads_ca"):
            post.send(b"part", {}, method="PUT")


def test_an_authority_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        Post("https://192.0.2.1/", timeout_s=5, ca=tmp_path / "none.pem")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host/",
        "https://",
        "host/path",
        "https://user:secret@host/",
        "https://host:99999/",
        "https://host/#part",
        "https://host/a b",
        "https://h\u00f6st/",
        "https://[::1/",
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="https://host/path"):
        Post(url, timeout_s=5)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "fe80::1%eth0",
        "100.100.100.200",
        "fd00:ec2::254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
    ],
)
def test_where_clouds_keep_keys_and_networks_talk_to_themselves_is_no_receiver(
    address: str,
) -> None:
    assert refused(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.5", "192.168.1.2", "8.8.8.8"])
def test_receivers_may_be_on_the_box_and_in_the_sites_own_networks(address: str) -> None:
    assert not refused(address)


def test_such_an_address_is_not_connected_to() -> None:
    with pytest.raises(DeliveryError, match=r"leads to 169\.254\.169\.254"):
        dial("169.254.169.254", 80, timeout_s=5)


def test_a_name_that_nobody_knows_is_said() -> None:
    with pytest.raises(DeliveryError, match="its name is not known here"):
        dial("no-such-host.invalid", 80, timeout_s=5)
