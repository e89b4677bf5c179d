"""Real fields that were recorded with two sizes of pixels."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colonnade.core.images.registration import flattened, window_peaks
from colonnade.sem.library.grey_levels import averaged
from colonnade.sem.library.registered import register


def frame(folder: Path, number: int) -> np.ndarray:
    """Put the sixty tiles of a frame together, ten across and six down."""
    paths = [folder / f"{60 * number + tile + 1:04d}.png" for tile in range(60)]
    tiles = [np.asarray(Image.open(path).convert("L"), np.float32) for path in paths]
    return np.block([tiles[10 * row : 10 * row + 10] for row in range(6)])


@pytest.mark.parametrize("number", [19, 15])  # flat; and deep, so that it is seen from two sides
def test_nothing_but_noise_remains_between_real_frames(shared_data, number):
    pairs = shared_data / "sem" / "pairs"
    low = frame(pairs / "sr_64_128", number)[100:420:2, 200:680:2]
    high = frame(pairs / "hr_128", number)[100:420, 200:680]
    found = register(low, high, 2)
    assert found.scale == pytest.approx(2, rel=0.01)
    assert found.grey.gain == pytest.approx(1, abs=0.05)
    assert found.rest == pytest.approx(1, abs=0.08)
    expected = averaged(found.pair.high, 2)
    # Phase correlation, which had no part in the last rounds of the fit, finds no shift.
    left = window_peaks(flattened(found.pair.low), flattened(expected), 64, 10.0)
    shifts = left.shifts[left.known]
    assert np.abs(np.median(shifts, axis=0)).max() < 0.05
    assert np.median(np.hypot(*shifts.T)) < 0.15
