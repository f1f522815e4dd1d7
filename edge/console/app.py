"""The console: pages for people, an API for machines, metrics for Prometheus."""

import json
import logging
from dataclasses import asdict
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from edge.console import api, media, metrics, pages
from edge.console.bodies import BodyLimit
from edge.console.caller import known
from edge.console.configuration import ConfigurationChangedError, ConfigurationInvalidError
from edge.console.rendering import page, texts_of
from edge.console.security import SecurityHeaders
from edge.console.services import Services
from edge.errors import ConfigError, StoreError

log = logging.getLogger(__name__)

API_ROOT = "/api/v1"
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422
UNAVAILABLE = 503


def create_app(services: Services) -> FastAPI:
    """Return the web application.

    Args:
        services: What it may use.
    """
    app = FastAPI(
        title="gridwatch",
        version=services.version,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.services = services
    app.add_middleware(BodyLimit, files=api.files(), known=known)
    app.add_middleware(SecurityHeaders)  # around the other one: its answers need them too
    app.include_router(metrics.router)
    app.include_router(media.router, include_in_schema=False)
    for router in pages.routers():
        app.include_router(router, include_in_schema=False)
    for router in api.routers():
        app.include_router(router, prefix=API_ROOT)
    app.mount("/static", StaticFiles(directory=str(files("edge.console") / "static")), "static")
    app.add_exception_handler(ConfigError, _to_be_changed)
    app.add_exception_handler(ConfigurationInvalidError, _not_accepted)
    app.add_exception_handler(ConfigurationChangedError, _changed_meanwhile)
    app.add_exception_handler(StoreError, _to_be_tried_later)
    app.add_exception_handler(HTTPException, _failed)
    app.add_exception_handler(RequestValidationError, _not_understood)
    return app


def _to_be_changed(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, UNPROCESSABLE)


def _not_accepted(_: Request, error: Exception) -> JSONResponse:
    problems = error.problems if isinstance(error, ConfigurationInvalidError) else ()
    content = {"detail": str(error), "problems": [asdict(one) for one in problems]}
    return JSONResponse(content, UNPROCESSABLE)


def _changed_meanwhile(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, CONFLICT)


def _to_be_tried_later(_: Request, error: Exception) -> JSONResponse:
    log.error("console: %s", error)
    return JSONResponse({"detail": str(error)}, UNAVAILABLE)


def _not_understood(_: Request, error: Exception) -> Response:
    """Say what is wrong with a request without saying its content: that may be a password."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    told = [{key: fault[key] for key in ("loc", "msg", "type")} for fault in faults]
    # Half a character of a name that was sent is no text, but it can be told.
    content = json.dumps({"detail": told}, ensure_ascii=True)
    return Response(content, UNPROCESSABLE, media_type="application/json")


async def _failed(request: Request, error: Exception) -> Response:
    """Answer a person with a page, a machine with JSON."""
    if not isinstance(error, HTTPException):
        raise error
    wants_page = "text/html" in request.headers.get("accept", "")
    if error.status_code != NOT_FOUND or not wants_page:
        return await http_exception_handler(request, error)
    texts = texts_of(request)
    return page(
        request,
        None,
        "failure.html",
        status_code=NOT_FOUND,
        title=texts("base.not_found"),
        advice=texts("base.not_found_advice"),
    )
