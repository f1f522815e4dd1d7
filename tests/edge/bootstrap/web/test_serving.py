import asyncio
import json
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request

from edge.bootstrap.web.serving import address, require_usable_tls, served
from edge.errors import ConfigError
from edge.settings import Settings, load_settings
from tests.certificates import Authority


def settings_of(tmp_path: Path, console: str) -> Settings:
    config = tmp_path / "gridwatch.yaml"
    config.write_text(f"console: {console}\n", encoding="utf-8")
    return load_settings(config)


def app() -> FastAPI:
    asked = FastAPI()

    @asked.get("/who")
    def who(request: Request) -> dict[str, Any]:
        return {
            "host": request.client.host if request.client else None,
            "scheme": request.url.scheme,
            "root": request.scope["root_path"],
        }

    return asked


def ask(
    settings: Settings, *, peer: str, headers: Sequence[tuple[bytes, bytes]] = ()
) -> dict[str, Any]:
    """Return what the application is told of a request, past everything uvicorn puts before it."""
    config = served(app(), settings).config
    config.load()
    root = config.root_path
    body = bytearray()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{root}/who",
        "raw_path": f"{root}/who".encode(),
        "root_path": root,
        "query_string": b"",
        "headers": [(b"host", b"box"), *headers],
        "client": (peer, 5000),
        "server": ("127.0.0.1", 8080),
    }
    asyncio.run(config.loaded_app(scope, receive, send))
    told: dict[str, Any] = json.loads(body)
    return told


FORWARDED = [(b"x-forwarded-for", b"203.0.113.9"), (b"x-forwarded-proto", b"https")]


@pytest.mark.parametrize("peer", ["127.0.0.1", "192.0.2.1"])
def test_nobody_is_believed_about_where_they_come_from(tmp_path: Path, peer: str) -> None:
    settings = settings_of(tmp_path, "{}")
    told = ask(settings, peer=peer, headers=FORWARDED)
    assert told == {"host": peer, "scheme": "http", "root": ""}


@pytest.mark.parametrize(("peer", "believed"), [("192.0.2.77", True), ("198.51.100.1", False)])
def test_a_named_proxy_is_believed_and_no_other(tmp_path: Path, peer: str, believed: bool) -> None:
    settings = settings_of(tmp_path, "{trusted_proxies: [192.0.2.0/24], root_path: /grid}")
    told = ask(settings, peer=peer, headers=FORWARDED)
    assert told["root"] == "/grid"
    assert told["scheme"] == ("https" if believed else "http")
    assert told["host"] == ("203.0.113.9" if believed else peer)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "box.example"])
def test_plain_http_from_elsewhere_must_be_said(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match=r"(?s)console\.host.*console\.tls.*plain_http: true"):
        settings_of(tmp_path, f'{{host: "{host}"}}')
    assert settings_of(tmp_path, f'{{host: "{host}", plain_http: true}}').console.host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_plain_http_on_this_machine_needs_no_word(tmp_path: Path, host: str) -> None:
    assert settings_of(tmp_path, f'{{host: "{host}"}}').console.on_loopback


@pytest.mark.parametrize("root", ["grid", "/grid/", "/a//b", "/../x y", "/a?b"])
def test_a_root_that_is_no_path_is_refused(tmp_path: Path, root: str) -> None:
    with pytest.raises(ConfigError, match="root_path"):
        settings_of(tmp_path, f'{{root_path: "{root}"}}')


def test_a_proxy_that_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'proxy' is no address or network; write it like"):
        settings_of(tmp_path, "{trusted_proxies: [proxy]}")


def test_a_certificate_and_its_key_are_used(tmp_path: Path) -> None:
    issued = Authority(tmp_path, "town").issue("box")
    settings = settings_of(
        tmp_path, f"{{tls: {{certificate: {issued.certificate.name}, key: {issued.key.name}}}}}"
    )
    config = served(app(), settings).config
    config.load()
    assert config.is_ssl
    assert config.ssl is not None
    assert config.ssl.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert address(settings, 8443) == "https://127.0.0.1:8443"


@pytest.mark.parametrize("lost", ["certificate", "key"])
def test_a_file_that_is_not_there_is_named_with_its_key(tmp_path: Path, lost: str) -> None:
    issued = Authority(tmp_path, "town").issue("box")
    getattr(issued, lost).unlink()
    settings = settings_of(tmp_path, "{tls: {certificate: box.crt, key: box.key}}")
    with pytest.raises(ConfigError, match=rf"tls\.{lost}.*box\.(crt|key) cannot be read"):
        require_usable_tls(settings)


def test_the_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "town")
    authority.issue("box")
    authority.issue("other")
    settings = settings_of(tmp_path, "{tls: {certificate: box.crt, key: other.key}}")
    with pytest.raises(
        ConfigError, match=r"other\.key cannot be used .*MISMATCH.*both must be PEM"
    ):
        require_usable_tls(settings)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    issued = Authority(tmp_path, "town").issue("box")
    issued.certificate.write_text("no certificate\n", encoding="utf-8")
    settings = settings_of(tmp_path, "{tls: {certificate: box.crt, key: box.key}}")
    with pytest.raises(ConfigError, match=r"box\.crt and .*box\.key cannot be used"):
        require_usable_tls(settings)
