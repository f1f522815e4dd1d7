"""Draw the pictures of the rules anew: ``python -m tests.pictures``."""

from tests.pictures.all import FOLDER, STAGES, path, picture

FOLDER.mkdir(parents=True, exist_ok=True)
for incident in STAGES:
    path(incident).write_text(picture(incident), encoding="utf-8")
