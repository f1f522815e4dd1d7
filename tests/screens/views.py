"""What is shown of each page."""

from edge.console.permissions import Role
from edge.console.rendering import NAVIGATION
from tests.screens.shots import View

LOOKED_AT_BY = {"audit": Role.AUDITOR}

VIEWS = (
    View("login", "/login", role=None),
    *(
        View(item.name, item.path, role=LOOKED_AT_BY.get(item.name, Role.ADMIN))
        for item in NAVIGATION
    ),
    View("account", "/account"),
)
