"""The gallery that our gate and the scripts share: some of those who walk past are residents."""

from collections.abc import Mapping

import cv2
import numpy as np

from edge.domain.candidate import Candidate
from edge.domain.resident import Resident
from edge.errors import ConfigError
from edge.gallery.calibration import threshold_for
from edge.gallery.enrolment import Enroller
from edge.gallery.matrix import build_gallery
from edge.gate.decision import Thresholds
from models.faces import FacePack, Floats, Picture
from models.picture import warp

FPIR, UNSURE_FPIR = 0.001, 0.05
"""As a gate is configured by default."""


def photo_of(head: Picture) -> bytes:
    """Return a head as somebody would hand it in: turned, paler, smaller, a coarse JPEG."""
    height, width = head.shape[:2]
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), -3.0, 0.92), np.float64)
    turned = warp(head, turn, (width, height), border=cv2.BORDER_REPLICATE)
    paler = cv2.convertScaleAbs(turned, alpha=0.88, beta=20)
    return cv2.imencode(".jpg", paler, [cv2.IMWRITE_JPEG_QUALITY, 75])[1].tobytes()


class Registered:
    """A few residents, as our gate asks for them."""

    def __init__(self, pack: FacePack, photos: Mapping[str, bytes]) -> None:
        """Enrol everybody with one photo.

        Args:
            pack: Networks; best those for single pictures.
            photos: Encoded, by resident.

        Raises:
            ConfigError: A photo is not good enough.
        """
        enroller = Enroller(pack)
        rows: list[tuple[Resident, str, int, Floats]] = []
        for name, content in photos.items():
            judged = enroller.judge(name, content)
            if judged.vector is None:
                raise ConfigError(f"{name}: their photo is {judged.verdict}; give another one")
            rows.append((Resident(name), name, 1, judged.vector))
        self._gallery = build_gallery(rows)
        people = len(self._gallery)
        match, unsure = (
            threshold_for(people=people, fpir=fpir, prior=pack.impostors, fused=True)
            for fpir in (FPIR, UNSURE_FPIR)
        )
        self._thresholds = Thresholds(match, unsure, people)

    def thresholds(self) -> Thresholds:
        """Return the cosines for a gallery of this size."""
        return self._thresholds

    def search(self, query: Floats) -> Candidate | None:
        """Return the most similar resident."""
        return self._gallery.search(query)
