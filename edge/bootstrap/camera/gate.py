"""From a camera's gate section of the configuration to the running gate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.errors import StoreError
from edge.gallery.calibration import threshold_for
from edge.gallery.matrix import Gallery, build_gallery
from edge.gallery.watch import GalleryWatch
from edge.gate.decision import Patience, Thresholds
from edge.gate.gate import Gate, GateRules
from edge.gate.quality import QualityLimits
from edge.settings import Settings
from edge.settings.schema import Camera, Match
from edge.settings.schema import Gate as GateSection
from edge.store.residents import ResidentStore
from models.faces import FacePack, ImpostorPrior
from models.liveness import LivenessNetwork

WEAK_NORM_DROP = 2.0
"""Below a recogniser's norm floor: a face that may still prove who somebody is, never who not."""


@dataclass(frozen=True, slots=True, eq=False)
class GateSite:
    """What all gates of one process share."""

    pack: FacePack
    store: ResidentStore
    watch: GalleryWatch
    liveness: LivenessNetwork | None


def watch_gallery(store: ResidentStore, pack: FacePack) -> GalleryWatch:
    """Return the watched gallery of a pack; raises ConfigError if it is of another network."""
    sha256 = pack.recogniser.sha256
    store.require_no_other_model(sha256)

    def load() -> Gallery:
        # Partial: an import for another network, under way, must not stop a running service.
        return build_gallery(
            [
                (resident, template.id, template.photos, template.vector)
                for resident, template in store.gallery(sha256, partial=True)
            ],
            handicaps=store.handicaps(),
        )

    return GalleryWatch(store, load)


class SiteReference:
    """The gallery with the thresholds that one camera's ``match`` section asks for."""

    def __init__(
        self, watch: GalleryWatch, match: Match, impostors: Callable[[], ImpostorPrior]
    ) -> None:
        """Combine them.

        Args:
            watch: The gallery.
            match: Wanted rates.
            impostors: The calibrated distribution; asked again when the gallery has changed.
        """
        self.search = watch.search
        self._watch = watch
        self._match = match
        self._impostors = impostors
        self._version: int | None = None
        self._thresholds = Thresholds(1.0, 1.0, 0)

    def thresholds(self) -> Thresholds:
        """Return the cosines for the gallery's present size and calibration."""
        version = self._watch.version()
        if version != self._version:
            people, photos = self._watch.size()
            try:
                prior = self._impostors()
            except StoreError:
                if self._version is None:
                    raise
                return self._thresholds  # of before, until the file can be read
            match, unsure = (
                threshold_for(people=people, fpir=fpir, prior=prior, photos=photos, fused=True)
                for fpir in (self._match.fpir, self._match.unsure_fpir)
            )
            self._thresholds = Thresholds(match, unsure, people)
            self._version = version
        return self._thresholds


def _impostors_of(gates: GateSite) -> Callable[[], ImpostorPrior]:
    """Return what gives the calibrated impostor distribution, else the network's own."""

    def impostors() -> ImpostorPrior:
        saved = gates.store.calibration(gates.pack.recogniser.sha256)
        return ImpostorPrior(saved.mean, saved.sd) if saved else gates.pack.impostors

    return impostors


def build_gate(
    settings: Settings,
    gates: GateSite,
    camera: Camera,
    section: GateSection,
    *,
    new_id: Callable[[datetime], str],
) -> Gate:
    """Return a camera's gate.

    Args:
        settings: The configuration.
        gates: What all gates of the process share.
        camera: Of the configuration.
        section: Its gate.
        new_id: Makes ids of passages.
    """
    floor = gates.pack.norm_floor
    rules = GateRules(
        camera_id=camera.id,
        direction=section.direction,
        time_zone=ZoneInfo(settings.box.time_zone),
        keep_s=section.lost_after,
        cooldown_s=section.cooldown,
        tailgate_s=section.tailgate_window,
        zone=camera.polygon(section.zone) if section.zone else None,
        limits=QualityLimits(
            eyes_px=section.least_eye_distance,
            norm=None if floor is None else floor - WEAK_NORM_DROP,
        ),
        patience=Patience(
            strong_norm=floor,
            margin=section.match.margin,
            certainty=gates.pack.levels.certain,
        ),
    )
    reference = SiteReference(gates.watch, section.match, _impostors_of(gates))
    return Gate(rules, pack=gates.pack, reference=reference, new_id=new_id, liveness=gates.liveness)
