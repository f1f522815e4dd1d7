"""Signing in and out, and one's own password."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from edge.console.caller import (
    COOKIE,
    UNAUTHORISED,
    Caller,
    address_of,
    allowed,
    public,
    require_same_origin,
)
from edge.console.permissions import Permission
from edge.console.services import services_of
from edge.store.sessions import LONGEST, Opened

router = APIRouter(tags=["account"])

TOO_MANY = 429
NO_CONTENT = 204
UNPROCESSABLE = 422
Own = Annotated[Caller, Depends(allowed(Permission.OWN_ACCOUNT))]


class Login(BaseModel):
    """Who wants in."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class NewPassword(BaseModel):
    """A password and the one it replaces."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(min_length=1, max_length=256)
    new: str = Field(min_length=1, max_length=256)


@router.post("/login", status_code=NO_CONTENT, dependencies=[public])
def login(request: Request, response: Response, body: Login) -> None:
    """Sign in: the answer sets the session's cookie."""
    require_same_origin(request)
    sessions = services_of(request).sessions()
    address = address_of(request)
    wait_s = sessions.wait_s(body.name, address)
    if wait_s > 0:
        raise HTTPException(
            TOO_MANY,
            f"too many failures; wait {wait_s:.0f} s",
            headers={"Retry-After": f"{wait_s:.0f}"},
        )
    opened = sessions.open(body.name, body.password, address)
    if opened is None:
        raise HTTPException(UNAUTHORISED, "name or password is wrong")
    _set_cookie(request, response, opened)


@router.post("/logout", status_code=NO_CONTENT)
def logout(request: Request, response: Response, caller: Own) -> None:
    """Sign out."""
    services_of(request).sessions().close(request.cookies.get(COOKIE, ""))
    caller.audit("logout", subject=f"user {caller.name}")
    response.delete_cookie(COOKIE, path=_path(request))


@router.post("/account/password", status_code=NO_CONTENT)
def change_password(request: Request, response: Response, caller: Own, body: NewPassword) -> None:
    """Change one's own password; every other session ends."""
    services = services_of(request)
    accounts, sessions = services.accounts(), services.sessions()
    address = address_of(request)
    if sessions.wait_s(caller.name, address) > 0:
        raise HTTPException(TOO_MANY, "too many failures; wait a few minutes")
    if sessions.open(caller.name, body.old, address) is None:
        raise HTTPException(UNPROCESSABLE, "the old password is wrong")
    accounts.set_password(caller.name, body.new, must_change=False, by=caller.name)
    user = accounts.find(caller.name)
    if user is not None:
        _set_cookie(request, response, sessions.renew(user, address))


def _set_cookie(request: Request, response: Response, opened: Opened) -> None:
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=int(LONGEST.total_seconds()),
        path=_path(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def _path(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/") + "/"
