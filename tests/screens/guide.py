"""Pictures of the operator's guide: small files of a size that a page shows."""

from pathlib import Path

import cv2

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images" / "guide"
WIDTH, QUALITY = 1100, 82


def put_into_guide(taken: Path, name: str) -> None:
    """Write a picture of a screen into the guide's folder, smaller."""
    picture = cv2.imread(str(taken))
    if picture is None:
        raise FileNotFoundError(taken)
    height = round(picture.shape[0] * WIDTH / picture.shape[1])
    small = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
    FOLDER.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(FOLDER / f"{name}.webp"), small, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
