"""Users and tokens: who may sign in, and which machines may ask."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict, Field

from edge.console.caller import Caller, allowed
from edge.console.deeds import deed
from edge.console.names import LONGEST, NAME
from edge.console.permissions import TABLE, Permission, Role
from edge.console.services import services_of
from edge.store.accounts import User

router = APIRouter(tags=["users"])

NO_CONTENT, FORBIDDEN, CREATED = 204, 403, 201
Changing = Annotated[Caller, Depends(allowed(Permission.CHANGE_USERS))]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=NAME)]
CameraIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1000)]


class UserBody(BaseModel):
    """What somebody may do; ``cameras`` null for all cameras."""

    model_config = ConfigDict(extra="forbid")
    role: Role
    cameras: CameraIds | None = None
    disabled: bool = False


class NewUser(UserBody):
    """Somebody new."""

    name: Name


class UserAnswer(UserBody):
    """A user as they are."""

    name: str
    must_change: bool


class OneTime(BaseModel):
    """A secret that is shown this once."""

    secret: str


class NewToken(BaseModel):
    """A machine's token."""

    model_config = ConfigDict(extra="forbid")
    name: Name
    role: Role
    days: int = Field(365, ge=1, le=3650)


class TokenAnswer(BaseModel):
    """A token without its secret."""

    id: str
    name: str
    user: str
    role: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None


@router.get("/users")
def users(request: Request, caller: Changing) -> list[UserAnswer]:
    """Return everybody who may sign in."""
    caller.audit("user.list", subject="users")
    return [_answer(one) for one in services_of(request).accounts().users()]


@router.post("/users", status_code=CREATED)
def add_user(request: Request, caller: Changing, body: NewUser) -> OneTime:
    """Make a user; the answer is their one-time password."""
    cameras = None if body.cameras is None else frozenset(body.cameras)
    accounts = services_of(request).accounts()
    return OneTime(secret=accounts.add(body.name, body.role, cameras, by=caller.name))


@router.put("/users/{name}", status_code=NO_CONTENT)
def change_user(request: Request, caller: Changing, name: Name, body: UserBody) -> None:
    """Change what somebody may do."""
    cameras = None if body.cameras is None else frozenset(body.cameras)
    services_of(request).accounts().change(
        name, role=body.role, cameras=cameras, disabled=body.disabled, by=caller.name
    )


@router.post("/users/{name}/reset")
def reset_user(request: Request, caller: Changing, name: Name) -> OneTime:
    """Give somebody a new one-time password."""
    return OneTime(secret=services_of(request).accounts().reset(name, by=caller.name))


@router.get("/tokens")
def tokens(request: Request, caller: Changing) -> list[TokenAnswer]:
    """Return all tokens, without their secrets."""
    caller.audit("token.list", subject="tokens")
    return [
        TokenAnswer(
            id=one.id,
            name=one.name,
            user=one.user,
            role=one.role,
            made_at=one.made_at,
            expires_at=one.expires_at,
            used_at=one.used_at,
        )
        for one in services_of(request).sessions().tokens()
    ]


@router.post("/tokens", status_code=CREATED)
def make_token(request: Request, caller: Changing, body: NewToken) -> OneTime:
    """Make a token for a machine; it may never do more than who made it."""
    services = services_of(request)
    user = services.accounts().find(caller.name)
    if user is None or not TABLE[body.role] <= TABLE[caller.role]:
        raise HTTPException(FORBIDDEN, "a token may not do more than you; choose a lesser role")
    expires_at = services.clock.utc() + timedelta(days=body.days)
    with deed(caller, "token.make", subject=f"token {body.name}", result=body.role):
        secret = services.sessions().make_token(body.name, user, body.role, expires_at)
    return OneTime(secret=secret)


@router.delete("/tokens/{token_id}", status_code=NO_CONTENT)
def revoke_token(request: Request, caller: Changing, token_id: str) -> None:
    """End a token."""
    with deed(caller, "token.revoke", subject=f"token {token_id[:64]}"):
        services_of(request).sessions().revoke(token_id)


def _answer(user: User) -> UserAnswer:
    return UserAnswer(
        name=user.name,
        role=Role(user.role),
        cameras=None if user.cameras is None else sorted(user.cameras),
        disabled=user.disabled,
        must_change=user.must_change,
    )
