"""A picture of the documentation: a scene, what the rule says of it, and why."""

from html import escape

from edge.domain.geometry import Box, Polygon
from edge.domain.rule import Finding, Severity
from tests.pictures.camera import HEIGHT, WIDTH
from tests.pictures.ink import number, pixels
from tests.pictures.stage import Stage

MARGIN = 16
FOOT = 84
CONFIRMED, REVIEW, ALLOWED, ZONE = "#d92d20", "#dc6803", "#027a48", "#155eef"
FONT = "Inter, 'Segoe UI', 'Noto Sans', 'Noto Sans SC', 'PingFang SC', Arial, sans-serif"
TAG = 22
CHARACTER = 8.8


def plate(stage: Stage, name: str) -> str:
    """Return the SVG of a scene; every word and number over it is the rule's own.

    Args:
        stage: What is drawn and what the rule sees of it.
        name: Chinese name of what the rule opens.
    """
    findings = stage.judge()
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 2 * MARGIN}'
        f' {stage.shown + MARGIN + FOOT}" role="img" font-family="{FONT}">',
        f"<title>{stage.incident}</title>",
        '<rect width="100%" height="100%" rx="14" fill="#ffffff"/>',
        f'<clipPath id="frame"><rect width="{WIDTH}" height="{stage.shown}" rx="10"/></clipPath>',
        f'<g transform="translate({MARGIN} {MARGIN})"><g clip-path="url(#frame)">',
        stage.backdrop,
        _area(stage.zone.polygon, f"zone {stage.zone.id}", ZONE),
        *(_area(polygon, label, ALLOWED) for label, polygon in stage.allowed),
        *(actor.ink.svg for actor in stage.actors),
        *(_passed_over(stage, number) for number in range(len(stage.actors))),
        *(_found(stage, finding) for finding in findings),
        "</g></g>",
        *_foot(stage, findings, name),
        "</svg>\n",
    ]
    return "\n".join(part for part in parts if part)


def _area(polygon: Polygon, label: str, colour: str) -> str:
    points = [(x * WIDTH, y * HEIGHT) for x, y in polygon]
    left = min(x for x, y in points if y > max(y for _, y in points) - 2)
    tag_y = min(max(y for _, y in points) + 5, HEIGHT - TAG - 4)
    return (
        f'<polygon points="{pixels(points)}" fill="{colour}" fill-opacity="0.13" stroke="{colour}"'
        f' stroke-width="2" stroke-dasharray="8 5"/>{_tag(max(left, 8), tag_y, label, colour)}'
    )


def _passed_over(stage: Stage, number_: int) -> str:
    """Return the mark of something that makes no difference to what the rule says."""
    actor = stage.actors[number_]
    if not actor.why_not or actor.row is None:
        return ""
    if stage.judge(without=actor) != stage.judge():
        raise AssertionError(f"{stage.incident}: {actor.why_not!r} makes a difference")
    return _frame(actor.ink.box, ALLOWED, 2, dashed=True) + _tag_over(
        actor.ink.box, actor.why_not, ALLOWED
    )


def _found(stage: Stage, finding: Finding) -> str:
    colour = CONFIRMED if finding.confirmed else REVIEW
    left, top = finding.box[0] * WIDTH, finding.box[1] * HEIGHT
    label = f"{stage.incident} {finding.confidence:.2f}"
    return _frame(finding.box, colour, 4) + _tag(left - 2, max(top - TAG, 2), label, colour)


def _frame(box: Box, colour: str, width: int, *, dashed: bool = False) -> str:
    x, y = box[0] * WIDTH, box[1] * HEIGHT
    across, down = (box[2] - box[0]) * WIDTH, (box[3] - box[1]) * HEIGHT
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(across)}" height="{number(down)}"'
        f' rx="3" fill="none" stroke="{colour}" stroke-width="{width}"{dashes}/>'
    )


def _tag_over(box: Box, text: str, colour: str) -> str:
    middle = (box[0] + box[2]) / 2 * WIDTH
    return _tag(max(middle - _wide(text) / 2, 4), box[1] * HEIGHT - TAG - 4, text, colour)


def _wide(text: str) -> float:
    return CHARACTER * len(text) + 16


def _tag(x: float, y: float, text: str, colour: str) -> str:
    x = min(x, WIDTH - _wide(text) - 2)
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(_wide(text))}" height="{TAG}"'
        f' rx="4" fill="{colour}"/><text x="{number(x + _wide(text) / 2)}" y="{number(y + 16)}"'
        ' font-size="14" font-weight="600" fill="#ffffff" text-anchor="middle">'
        f"{escape(text)}</text>"
    )


def _foot(stage: Stage, findings: list[Finding], name: str) -> list[str]:
    best = max(findings, key=lambda one: one.confidence)
    colour = CONFIRMED if best.confirmed else REVIEW
    terms = stage.usual()
    review = terms.review_unconfirmed and not best.confirmed
    severity = Severity.REVIEW if review else terms.severity
    sum_ = " × ".join(f"{part.replace('_', ' ')} {value:.2f}" for part, value in best.parts)
    rests = ", ".join(one.replace("_", " ") for one in best.evidence)
    lacks = ", ".join(str(one).replace("_", " ") for one in best.missing)
    top = stage.shown + MARGIN
    right = WIDTH + MARGIN
    return [
        f'<text x="{MARGIN}" y="{top + 32}" font-size="20" font-weight="700" fill="#101828">'
        f'{stage.incident} <tspan font-weight="500" fill="#475467">{name}</tspan></text>',
        f'<text x="{right}" y="{top + 32}" font-size="16" font-weight="600" fill="#101828"'
        f' text-anchor="end">{best.confidence:.2f} = {escape(sum_)}</text>',
        f'<text x="{MARGIN}" y="{top + 60}" font-size="15" font-weight="600" fill="{colour}">'
        f"opens as {severity}</text>",
        f'<text x="{right}" y="{top + 60}" font-size="15" fill="#475467" text-anchor="end">'
        f"rests on: {escape(rests)}{'; missing: ' + escape(lacks) if lacks else ''}</text>",
    ]
