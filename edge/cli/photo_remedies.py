"""What to do about a photo that was not accepted, in the words of the guide."""

from edge.gallery.enrolment import PhotoVerdict

REMEDIES = {
    PhotoVerdict.UNREADABLE: "the file is damaged or no picture; copy it again",
    PhotoVerdict.NO_FACE: "take one with the face in front",
    PhotoVerdict.SEVERAL_FACES: "cut it to this person alone",
    PhotoVerdict.TOO_SMALL: "take one from nearer, or do not shrink it",
    PhotoVerdict.TURNED: "take one from the front",
    PhotoVerdict.TOO_DARK: "take it again in more light",
    PhotoVerdict.TOO_BRIGHT: "take it again in less light",
    PhotoVerdict.BLURRED: "take it again, sharp",
    PhotoVerdict.POOR_FACE: "take it again without mask, hand or hair before the face, and sharp",
    PhotoVerdict.DIFFERS: "remove whichever shows somebody else",
    PhotoVerdict.DUPLICATE: "use that id, or remove it first",
}


def told(verdict: PhotoVerdict) -> str:
    """Return a verdict with its remedy, as one line."""
    remedy = REMEDIES.get(verdict)
    return str(verdict) if remedy is None else f"{verdict}; {remedy}"
