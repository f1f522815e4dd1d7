"""People, without faces."""

from tests.pictures.ink import Ink, tinted

SKIN = ("#e8b98f", "#d9a273", "#f0c8a0")
HAIR = "#3a302a"


def person(
    x: float,
    z: float,
    coat: str,
    *,
    trousers: str = "#3f4a5a",
    walking: bool = False,
    reaching: float = 0.0,
    tall: float = 1.0,
    apron: str = "",
) -> Ink:
    """Return somebody of about 1.7 m.

    Args:
        x: Where they stand.
        z: Where they stand.
        coat: Its colour.
        trousers: Their colour.
        walking: Whether they take a step.
        reaching: How far a hand is held out, to the right or, negative, to the left.
        tall: Times 1.7 m.
        apron: Its colour; without none.
    """
    ink = Ink()
    ink.shadow(x, z, 0.8, 0.45)
    stride = 0.24 if walking else 0.09
    for side in (-1, 1):
        ink.line(
            [(x + side * stride, 0.06, z), (x + side * 0.07, 0.85 * tall, z)],
            0.15,
            tinted(trousers, 0.08 * side),
        )
        ink.line(
            [(x + side * stride, 0.05, z), (x + side * stride + 0.06, 0.05, z)], 0.11, "#22262b"
        )
    skin = SKIN[round(abs(x) * 10) % len(SKIN)]
    hand = (x + reaching, 1.0 * tall, z) if reaching else (x + 0.26, 0.85 * tall, z)
    other = -1 if reaching >= 0 else 1
    ink.line(
        [(x + other * 0.17, 1.32 * tall, z), (x + other * 0.26, 0.85 * tall, z)],
        0.11,
        tinted(coat, -0.18),
    )
    ink.line([(x, 0.92 * tall, z), (x, 1.26 * tall, z)], 0.36, coat)
    if apron:
        ink.line([(x, 0.82 * tall, z), (x, 1.14 * tall, z)], 0.25, apron)
    shoulder = (x - other * 0.17, 1.32 * tall, z)
    ink.line([shoulder, hand], 0.11, tinted(coat, -0.12))
    ink.disc(hand, 0.065, skin)
    ink.disc((x, 1.57 * tall, z), 0.135, skin)
    ink.flat(
        [
            (x - 0.15, 1.59 * tall),
            (x + 0.15, 1.61 * tall),
            (x + 0.12, 1.70 * tall),
            (x, 1.745 * tall),
            (x - 0.12, 1.70 * tall),
        ],
        z,
        HAIR,
    )
    return ink
