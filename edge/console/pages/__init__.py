"""The pages: one file per noun, HTML for people."""

from fastapi import APIRouter

from edge.console.pages import (
    account,
    audit,
    cameras,
    first,
    gate,
    health,
    live,
    reports,
    residents,
    review,
    users,
)


def routers() -> list[APIRouter]:
    """Return the routers of all pages."""
    nouns = (first, account, review, gate, live, cameras, residents, reports, health, audit, users)
    return [noun.router for noun in nouns]
