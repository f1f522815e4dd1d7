"""Measures of one face: what the gate and enrolment judge its quality by."""

from dataclasses import dataclass

import cv2
import numpy as np

from models.faces import Floats, Picture


@dataclass(frozen=True, slots=True)
class Tone:
    """Light and detail of an aligned face, without hair and background.

    Attributes:
        luma: Mean, 0..255.
        sharpness: Variance of the Laplacian; 160 for a good photo, below 10 when blurred.
    """

    luma: float
    sharpness: float


def tone_of(crop: Picture) -> Tone:
    """Return the tone of an aligned ``(112, 112, 3)`` face."""
    face = cv2.cvtColor(crop[24:104, 20:92], cv2.COLOR_BGR2GRAY)
    return Tone(float(face.mean()), float(cv2.Laplacian(face, cv2.CV_32F).var()))


def eye_distance_px(landmarks: Floats) -> float:
    """Return the distance between the two eyes of one ``(5, 2)`` face."""
    return float(np.hypot(*(landmarks[1] - landmarks[0])))


def turn_of(landmarks: Floats) -> float:
    """Return how far a face is turned sideways, from its five points.

    The nose tip's offset from the midline, measured along the eye axis, over half the mean of eye
    distance and mouth width: 0 is frontal, 1 has the nose above an eye, as at about 45 degrees.
    """
    left_eye, right_eye, nose, left_mouth, right_mouth = landmarks
    axis = right_eye - left_eye + right_mouth - left_mouth
    length = float(np.hypot(*axis))
    if length == 0.0:
        return np.inf
    middle = (left_eye + right_eye + left_mouth + right_mouth) / 4
    offset = abs(float(np.dot(nose - middle, axis / length)))
    return offset / (length / 4)
