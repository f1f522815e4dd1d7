"""Who asks: a browser's session or a machine's token, and what they may do."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from fastapi import Depends, HTTPException, Request

from edge.console.permissions import TABLE, Permission, Role
from edge.console.services import services_of

COOKIE = "gridwatch-session"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD"})
BEARER = "bearer "
SEE_OTHER, UNAUTHORISED, FORBIDDEN = 303, 401, 403


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who was let in.

    Attributes:
        cameras: The only ones they see; None for all.
        csrf: What their browser must send with every change; empty for machines.
        must_change: Whether they must choose a password before anything else.
    """

    name: str
    role: Role
    cameras: frozenset[str] | None
    csrf: str
    must_change: bool
    _write: Callable[[str, str, str], None] = field(repr=False)

    def may(self, permission: Permission) -> bool:
        """Return whether their role allows something."""
        return permission in TABLE[self.role]

    def sees(self, camera_id: str) -> bool:
        """Return whether a camera is one of theirs."""
        return self.cameras is None or camera_id in self.cameras

    def audit(self, act: str, *, subject: str, result: str = "ok", purpose: str = "") -> None:
        """Write down what they do, before they are told the result.

        Args:
            act: Such as ``media.clear``.
            subject: A pseudonym or an id, never a name.
            result: How it ended.
            purpose: What for, where that is asked.

        Raises:
            StoreError: It cannot be written; then it must not be done.
        """
        self._write(act, subject, f"{result}; purpose: {purpose}" if purpose else result)


class Public:
    """Marks a route that needs no login."""

    def __call__(self) -> None:
        """Let everybody in."""


public = Depends(Public())


class Allowed:
    """A dependency that lets in whoever has all of some permissions."""

    def __init__(self, permissions: tuple[Permission, ...]) -> None:
        self.permissions = permissions

    def __call__(self, request: Request) -> Caller:
        """Return who asks; raises HTTPException 303, 401 or 403."""
        caller = _caller_of(request)
        if caller is None:
            raise _to_login(request)
        if caller.must_change and set(self.permissions) != {Permission.OWN_ACCOUNT}:
            raise _to_account(request)
        lacking = [one for one in self.permissions if not caller.may(one)]
        if lacking:
            caller.audit("refused", subject=request.url.path, result=str(lacking[0]))
            raise HTTPException(
                FORBIDDEN, "your role does not allow this; ask an administrator for another role"
            )
        return caller


def allowed(*permissions: Permission) -> Allowed:
    """Return a dependency for ``Depends`` that needs all of some permissions."""
    return Allowed(permissions)


def known(request: Request) -> bool:
    """Return whether somebody asks who is signed in, or has a token; not what they may do."""
    try:
        return _caller_of(request) is not None
    except HTTPException:
        return False


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client else "unknown"


def require_same_origin(request: Request) -> None:
    """Refuse what another site's page sent."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(
            FORBIDDEN, "this came from another site's page; open the console itself"
        )


def _caller_of(request: Request) -> Caller | None:
    services = services_of(request)
    accounts, sessions = services.accounts(), services.sessions()
    header = request.headers.get("authorization", "")
    if header.lower().startswith(BEARER):
        found = sessions.bearer(header[len(BEARER) :].strip())
        if found is None:
            return None
        user, token = found
        actor = f"{user.name}/{token.name}"
        role = Role(token.role)
        if not TABLE[role] <= TABLE[Role(user.role)]:
            return None  # its user may do less by now
        return Caller(
            actor,
            role,
            user.cameras,
            csrf="",
            must_change=False,
            _write=lambda act, subject, result: accounts.audit(actor, act, subject, result),
        )
    session = sessions.find(request.cookies.get(COOKIE, ""))
    if session is None:
        return None
    if request.method not in SAFE_METHODS:
        require_same_origin(request)
        sent = request.headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(sent.encode(), session.csrf.encode()):
            raise HTTPException(FORBIDDEN, "the page is too old to change anything; load it again")
    name = session.user.name
    return Caller(
        name,
        Role(session.user.role),
        session.user.cameras,
        csrf=session.csrf,
        must_change=session.user.must_change,
        _write=lambda act, subject, result: accounts.audit(name, act, subject, result),
    )


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", "")).rstrip("/")


def _to_login(request: Request) -> HTTPException:
    if not _wants_page(request):
        return HTTPException(
            UNAUTHORISED, "sign in, or send a token", headers={"WWW-Authenticate": "Bearer"}
        )
    # Without the prefix of a proxy: the login page adds it.
    target = quote(request.url.path.removeprefix(_root(request)), safe="/")
    return HTTPException(
        SEE_OTHER, "sign in", headers={"Location": f"{_root(request)}/login?next={target}"}
    )


def _to_account(request: Request) -> HTTPException:
    if not _wants_page(request):
        return HTTPException(FORBIDDEN, "choose a password of your own first")
    return HTTPException(
        SEE_OTHER, "choose a password", headers={"Location": f"{_root(request)}/account"}
    )
