"""How the console is served: TLS, and which proxies are believed."""

import ssl

import uvicorn
from fastapi import FastAPI

from edge.errors import ConfigError
from edge.settings import Settings

ENDS_S = 1


def served(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """Return the web server of an application.

    Raises:
        ConfigError: Certificate or key cannot be used.
    """
    section = settings.console
    require_usable_tls(settings)
    tls = section.tls
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=ENDS_S,
        server_header=False,
        # Nobody is believed who is not named: else anybody here could choose where they come from.
        proxy_headers=bool(section.trusted_proxies),
        forwarded_allow_ips=list(section.trusted_proxies),
        root_path=section.root_path,
        ssl_certfile=None if tls is None else settings.base / tls.certificate,
        ssl_keyfile=None if tls is None else str(settings.base / tls.key),
    )
    return uvicorn.Server(config)


def require_usable_tls(settings: Settings) -> None:
    """Raise ConfigError, naming key and file, unless certificate and key are a usable pair."""
    tls = settings.console.tls
    if tls is None:
        return
    certificate, key = settings.base / tls.certificate, settings.base / tls.key
    for word, path in (("certificate", certificate), ("key", key)):
        where = settings.where("console", "tls", word)
        try:
            path.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"{where}: {path} cannot be read ({error.strerror}); give the right path, and the"
                " service's user the right to read it"
            ) from error
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise ConfigError(
            f"{settings.where('console', 'tls')}: {certificate} and {key} cannot be used"
            f" ({reason}); both must be PEM, the key without a password and that of the certificate"
        ) from error


def _no_password() -> str:
    """Answer instead of OpenSSL's prompt, which nobody would see."""
    raise ValueError("the key has a password")


def address(settings: Settings, port: int) -> str:
    """Return where the console is, as people type it."""
    scheme = "http" if settings.console.tls is None else "https"
    host = settings.console.host
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{port}{settings.console.root_path}"
