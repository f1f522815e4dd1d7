"""How much anybody may send: nothing larger is kept, whatever the request says of itself."""

from collections.abc import Callable, Mapping

from fastapi import HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEBIBYTE = 1 << 20
MOST_BYTES = MEBIBYTE
"""Of anything but files."""
TOO_LARGE = 413


class BodyLimit:
    """ASGI middleware; a body that is too large is refused while it arrives."""

    def __init__(
        self, app: ASGIApp, files: Mapping[str, int], known: Callable[[Request], bool]
    ) -> None:
        """Prepare.

        Args:
            app: What is behind.
            files: Most bytes of what takes files, by the end of its path.
            known: Whether a request comes from somebody who is let in; all others may send as
                little as where no files are taken, as bodies are read before anybody is asked.
        """
        self._app = app
        self._files = files
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, with no more of its body than it may have."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        most = await self._most(request)
        said = request.headers.get("content-length", "")
        if said.isdecimal() and int(said) > most:
            error = _too_large(most)
            await JSONResponse({"detail": error.detail}, TOO_LARGE)(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > most:  # the length was not said, or not the true one
                raise _too_large(most)
            return message

        await self._app(scope, counted, send)

    async def _most(self, request: Request) -> int:
        path = request.url.path
        most = next((most for end, most in self._files.items() if path.endswith(end)), MOST_BYTES)
        if most > MOST_BYTES and not await run_in_threadpool(self._known, request):
            return MOST_BYTES
        return most


def _too_large(most: int) -> HTTPException:
    return HTTPException(
        TOO_LARGE, f"the request has more than {most // MEBIBYTE} MiB; send less at once"
    )
