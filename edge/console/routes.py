"""What each route asks of those who come to it."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from edge.console.caller import Allowed, Public


class UnguardedRouteError(Exception):
    """A route lets in everybody and nobody has said that it should."""


def guarded(app: FastAPI) -> Iterator[tuple[str, str, Allowed | None]]:
    """Yield method, path and guard of every route, None of public ones.

    Raises:
        UnguardedRouteError: A route has no guard and is not marked as public.
    """
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        if not isinstance(dependant, Dependant):
            continue  # a folder of static files
        calls = [one.call for one in dependant.dependencies]
        guard = next((call for call in calls if isinstance(call, Allowed)), None)
        if guard is None and not any(isinstance(call, Public) for call in calls):
            raise UnguardedRouteError(f"{route.path}: give it `allowed(...)` or `public`")
        for method in sorted(route.methods or ()):
            yield method, str(route.path), guard
