"""What chance leaves of the error of a gain: the engine, told what it otherwise has to find out."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from src.gpx.elevation.relief import Separation, separate
from src.gpx.model import FloatArray, Track
from tests.support.profiles import profile_of
from tests.support.rides import Ride


def gain_told(ride: Ride, silent: Ride) -> float:
    """The gain in metres that is found where relief and noise need not be told apart.

    The power of the relief is that of the same ride with true altitudes, that of the noise what
    is left of the recorded ones without them: in every octave, kilometre by kilometre.
    """
    powers: list[FloatArray] = []

    def listen(power: FloatArray, *rest: Any) -> Separation:
        powers.append(power)
        return separate(power, *rest)

    def know(*_: Any) -> Separation:
        relief, noise = powers
        share = relief / np.maximum(relief + noise, 1e-12)
        return Separation(1.0, np.zeros(0), noise, np.sqrt(share), share)

    track = ride.track()
    for elevation in (silent.elevation, ride.elevation - silent.elevation):
        _separated_by(listen, replace(track, elevation=elevation))
    return _separated_by(know, track)


def _separated_by(method: Any, track: Track) -> float:
    with patch("src.gpx.elevation.smoothing.separate", method):
        return profile_of(track).gain_m
