"""Pages: a template, the texts of one language, and who looks at it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from edge.console.caller import Caller
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.console.texts import Language, Texts, choose, load_texts

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation; its text is ``nav.<name>``, its icon ``#<name>``."""

    name: str
    path: str
    permission: Permission


NAVIGATION = (
    NavItem("review", "/review", Permission.SEE_INCIDENTS),
    NavItem("gate", "/gate", Permission.SEE_GATE),
    NavItem("live", "/live", Permission.SEE_LIVE),
    NavItem("cameras", "/cameras", Permission.SEE_CAMERAS),
    NavItem("residents", "/residents", Permission.SEE_RESIDENTS),
    NavItem("reports", "/reports", Permission.SEE_REPORTS),
    NavItem("health", "/health", Permission.SEE_HEALTH),
    NavItem("audit", "/audit", Permission.SEE_AUDIT),
    NavItem("users", "/users", Permission.CHANGE_USERS),
)


def language_of(request: Request) -> Language:
    """Return the language that a request is answered in."""
    header = request.headers.get("accept-language", "")
    return choose(request.cookies.get(LANGUAGE_COOKIE), header)


def texts_of(request: Request) -> Texts:
    """Return the texts in the language of a request."""
    return _texts()[language_of(request)]


def home_of(caller: Caller) -> str:
    """Return the path of the first page that somebody may see."""
    return next((item.path for item in NAVIGATION if caller.may(item.permission)), "/account")


def page(
    request: Request,
    caller: Caller | None,
    template: str,
    *,
    script_texts: tuple[str, ...] = (),
    status_code: int = 200,
    **context: Any,
) -> HTMLResponse:
    """Return a rendered page.

    Args:
        request: What is answered.
        caller: Who looks; None before the login.
        template: File in ``templates/``.
        script_texts: Prefixes of the texts that the page's script says, such as ``review.``.
        status_code: Of the response.
        context: What else the template needs.
    """
    services = services_of(request)
    texts = texts_of(request)
    root = str(request.scope.get("root_path", "")).rstrip("/")
    theme = request.cookies.get(THEME_COOKIE, "auto")
    content = (
        _environment()
        .get_template(template)
        .render(
            caller=caller,
            csrf=caller.csrf if caller else "",
            t=texts,
            lang=texts.language,
            theme=theme if theme in THEMES else "auto",
            themes=THEMES,
            languages=tuple(Language),
            root=root,
            here=request.url.path.removeprefix(root),
            static=lambda name: f"{root}/static/{name}?v={_version_of(name)}",
            nav=[item for item in NAVIGATION if caller and caller.may(item.permission)],
            permissions=Permission,
            script_texts=texts.below("js.", *script_texts),
            local=local_time(services.time_zone),
            time_zone=services.time_zone.key,
            box_id=services.box_id,
            version=services.version,
            **context,
        )
    )
    return HTMLResponse(content, status_code=status_code)


def document(template: str, language: Language, zone: ZoneInfo, **context: Any) -> str:
    """Return a page for the disk: nobody is signed in, and nothing is linked.

    Args:
        template: File in ``templates/``.
        language: What it is written in.
        zone: Whose times it tells.
        context: What else the template needs.
    """
    texts = _texts()[language]
    found = _environment().get_template(template)
    return found.render(t=texts, lang=language, local=local_time(zone), **context)


def local_time(zone: ZoneInfo) -> Callable[[datetime], str]:
    """Return a function that writes a moment in the site's time zone."""
    return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


@cache
def _texts() -> dict[Language, Texts]:
    return load_texts()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("edge.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _version_of(name: str) -> str:
    """Return a few digits of a file's hash, so that browsers fetch a new one at once."""
    content = files("edge.console").joinpath("static", name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
