"""The JSON API under ``/api/v1``: everything that can be done, once; the pages use it too."""

from fastapi import APIRouter

from edge.console.api import (
    account,
    audit,
    cameras,
    configuration,
    description,
    dry_runs,
    events,
    evidence,
    gate,
    health,
    live,
    proposals,
    reports,
    residents,
    review,
    users,
    webhooks,
)


def routers() -> list[APIRouter]:
    """Return the routers of the API, without their common prefix."""
    nouns = (
        account,
        audit,
        cameras,
        configuration,
        description,
        dry_runs,
        events,
        evidence,
        gate,
        health,
        live,
        proposals,
        reports,
        residents,
        review,
        users,
        webhooks,
    )
    return [noun.router for noun in nouns]


def files() -> dict[str, int]:
    """Return the most bytes of requests that bring files, by the end of their paths."""
    photo, around = residents.MOST_BYTES, residents.AROUND
    return {
        "/residents/photos": photo + around,
        "/residents": residents.MOST_PHOTOS * photo + around,
        "/dry-runs/clip": dry_runs.MOST_BYTES,
    }
