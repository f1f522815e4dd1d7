"""An application on a port of its own, for browsers."""

import contextlib
import threading
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import BrowserContext

from edge.bootstrap.web.listener import listen
from edge.console.permissions import Role
from tests.console_app import PASSWORD, Console

ENDS_WITHIN_S = 10.0


@contextlib.contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application; yield its address."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(ENDS_WITHIN_S)
        listener.close()


def let_in(context: BrowserContext, url: str, console: Console, role: Role) -> None:
    """Have a browser's context be signed in."""
    console.sign_in(role)  # makes the user
    body = {"name": role.value, "password": PASSWORD}
    answer = context.request.post(f"{url}/api/v1/login", data=body)
    assert answer.ok, answer.text()
