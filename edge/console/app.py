"""The console: pages for people, an API for machines, metrics for Prometheus."""

import logging
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from edge.console import api, media, metrics, pages
from edge.console.rendering import page, texts_of
from edge.console.security import SecurityHeaders
from edge.console.services import Services
from edge.errors import ConfigError, StoreError

log = logging.getLogger(__name__)

API_ROOT = "/api/v1"
NOT_FOUND = 404
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
    app.add_middleware(SecurityHeaders)
    app.include_router(metrics.router)
    app.include_router(media.router, include_in_schema=False)
    for router in pages.routers():
        app.include_router(router, include_in_schema=False)
    for router in api.routers():
        app.include_router(router, prefix=API_ROOT)
    app.mount("/static", StaticFiles(directory=str(files("edge.console") / "static")), "static")
    app.add_exception_handler(ConfigError, _to_be_changed)
    app.add_exception_handler(StoreError, _to_be_tried_later)
    app.add_exception_handler(HTTPException, _failed)
    return app


def _to_be_changed(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, UNPROCESSABLE)


def _to_be_tried_later(_: Request, error: Exception) -> JSONResponse:
    log.error("console: %s", error)
    return JSONResponse({"detail": str(error)}, UNAVAILABLE)


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
