"""Fit candidates, and gather what speaks for each of them."""

from math import gcd

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.echo import Echoes, heard
from colonnade.atoms.expected import expected_places
from colonnade.atoms.fit.measured import fit_columns
from colonnade.atoms.probability import Evidence
from colonnade.atoms.search import Search, Setting

Array = NDArray[np.float64]
Single = NDArray[np.float32]


def weigh(
    search: Search,
    setting: Setting,
    candidates: tuple[Array, Array],
    pixels: Single,
    *,
    moving: bool,
) -> tuple[Columns, Evidence]:
    """Fit candidates together, and gather what speaks for each.

    Parameters
    ----------
    search, setting
        Where and how they were found.
    candidates
        Positions (y, x) [px] and heights of the network's mask.
    pixels
        The image that they are fitted to.
    moving
        Whether positions are fitted too, or only what is measured at them.

    Returns
    -------
    columns
        The candidates, then what the fit found itself.
    evidence
        What speaks for each of these.
    """
    positions, height = candidates
    binning = setting.binning
    places = expected_places(Echoes(positions / binning.factors, height))
    crystal = places is not None
    if places is not None and moving:
        places = binning.factors * places
        places = places[((places >= 0) & (places <= np.array(pixels.shape) - 1)).all(axis=1)]
        positions = np.concatenate([positions, places])
        height = np.concatenate([height, search.height_at(setting, places)])
    whole = gcd(binning.y, binning.x)
    columns = fit_columns(
        setting.brightened(pixels),
        positions,
        moving=moving,
        crystal=crystal,
        aspect=(binning.y // whole, binning.x // whole),
    )
    new = columns.positions[len(height) :]
    height = np.concatenate([height, search.height_at(setting, new)])
    snr = columns.labels["snr"]
    repeated = np.zeros(len(columns))
    if crystal:
        echoes = Echoes(columns.positions / binning.factors, heard(height, snr))
        repeated = echoes.of_candidates(snr)
    return columns, Evidence(height, snr, repeated)
