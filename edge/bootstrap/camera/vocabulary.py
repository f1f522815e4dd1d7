"""Whether the words of the configuration are those of the street's network."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from edge.domain.rule import Needs
from edge.domain.rule import Rule as RuleKind
from edge.domain.scene import Subject
from edge.errors import ConfigError
from edge.rules import RULES
from edge.settings import Settings
from edge.settings.schema import Camera
from edge.settings.street import Rule
from edge.street.looking import meanings
from models.detections import DEFAULT, ObjectDetector

NO_NETWORK = "none"
NO_WORD = "-"
"""A gap in a list of labels."""

Where = Callable[..., str]
"""Names a key below one rule: file, line and key."""


def pointer(settings: Settings, camera: Camera, place: int, number: int) -> Where:
    """Return what names a key below one rule of one zone."""
    at = [one.id for one in settings.cameras].index(camera.id)
    return partial(settings.where, "cameras", at, "zones", place, "rules", number)


def words_of(settings: Settings, detector: ObjectDetector) -> Mapping[str, Subject]:
    """Return what the network's words mean to the rules."""
    known = {**meanings(), **settings.models.street_meanings}
    return {label: known[label] for label in detector.labels if label in known}


def require_known_classes(
    settings: Settings, camera: Camera, detector: ObjectDetector | None
) -> None:
    """Raise ConfigError if a rule asks for a class that the network does not know."""
    for place, zone in enumerate(camera.zones):
        for number, rule in enumerate(zone.rules):
            where = pointer(settings, camera, place, number)
            if detector is None:
                _require_no_network(settings, camera, rule, where)
            else:
                _require_classes(settings, rule, detector, where)


def _require_no_network(settings: Settings, camera: Camera, rule: Rule, where: Where) -> None:
    kind = RULES[rule.type]
    if not _needs_names(kind) and not kind.needs_people and not rule.classes:
        return
    without = "models.street is none"
    if not camera.street.network and settings.models.street != NO_NETWORK:
        without = "street.network of this camera is false"
    what = f"{rule.type} with classes" if rule.classes else str(rule.type)
    raise ConfigError(
        f"{where('classes' if rule.classes else 'type')}: {what} needs a network, but {without}; "
        "let it have one or take the rule out"
    )


def _require_classes(
    settings: Settings, rule: Rule, detector: ObjectDetector, where: Where
) -> None:
    kind = RULES[rule.type]
    words = words_of(settings, detector)
    for name in rule.classes:
        if name not in detector.labels:
            raise ConfigError(
                f"{where('classes')}: {name!r} is no class of {detector.name}; of those it knows, "
                f"these mean something to the rules: {', '.join(words)}"
            )
        if name not in words:
            raise ConfigError(
                f"{where('classes')}: nobody has said what {name!r} is to the rules; give it a "
                f"meaning in models.street_meanings, as {{{name}: {_usual(kind)}}}"
            )
        if kind.needs is not Needs.LOOK and words[name] not in kind.subjects:
            raise ConfigError(
                f"{where('classes')}: {rule.type} is about {_listed(kind.subjects)}, and {name!r} "
                f"is {words[name]}; take it out, or say in models.street_meanings that it is one "
                "of these"
            )
    wordless = not rule.classes and not kind.subjects & set(words.values())
    if _needs_names(kind) and wordless:
        raise _unknown(rule, detector, where, f"is about {_listed(kind.subjects)}")
    if kind.needs_people and Subject.PERSON not in words.values():
        raise _unknown(rule, detector, where, f"is about things with a {Subject.PERSON} at them")


def _unknown(rule: Rule, detector: ObjectDetector, where: Where, about: str) -> ConfigError:
    return ConfigError(
        f"{where('type')}: {rule.type} {about}, and {detector.name} knows none of it; choose "
        "another network, or say what its words mean in models.street_meanings; "
        f"{_known(detector)}"
    )


def _usual(kind: RuleKind) -> Subject:
    """Return what a word is likely to be that a rule names and nobody knows."""
    return Subject.OTHER if kind.needs is Needs.LOOK else min(kind.subjects - {Subject.OBJECT})


def _listed(subjects: Iterable[Subject]) -> str:
    return ", ".join(sorted(set(subjects) - {Subject.OBJECT}))


def _needs_names(kind: RuleKind) -> bool:
    """Return whether a rule never finds anything that no network has named."""
    unnamed = Subject.OBJECT in kind.subjects
    return kind.needs is Needs.LOOK or (kind.needs is Needs.PLACES and not unnamed)


def _known(detector: ObjectDetector) -> str:
    return f"it knows: {', '.join(label for label in detector.labels if label != NO_WORD)}"


def require_known_words(settings: Settings, detector: ObjectDetector) -> None:
    """Raise ConfigError if a threshold or a meaning is given for a word the network lacks."""
    words = {
        "street_thresholds": set(settings.models.street_thresholds) - {DEFAULT},
        "street_meanings": set(settings.models.street_meanings),
    }
    for key, given in words.items():
        for word in sorted(given - set(detector.labels)):
            raise ConfigError(
                f"{settings.where('models', key, word)}: is no class of {detector.name}; "
                f"{_known(detector)}"
            )
