"""Fit candidates, and gather what speaks for each of them."""

from math import gcd

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.find.scales import InputScale, Search
from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport, confident_above_noise
from colonnade.atoms.locate.judge.missing_sites import missing_sites
from colonnade.atoms.locate.judge.probability import Evidence
from colonnade.core.arrays import Array, Single


def fit_and_score(
    search: Search,
    scale: InputScale,
    candidates: tuple[Array, Array],
    pixels: Single,
    *,
    moving: bool,
) -> tuple[Columns, Evidence]:
    """Fit candidates together, and gather what speaks for each.

    Parameters
    ----------
    search, scale
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
    binning = scale.binning
    places = missing_sites(LatticeSupport(positions / binning.factors, height))
    crystal = places is not None
    if places is not None and moving:
        places = binning.factors * places
        places = places[((places >= 0) & (places <= np.array(pixels.shape) - 1)).all(axis=1)]
        positions = np.concatenate([positions, places])
        height = np.concatenate([height, search.height_at(scale, places)])
    whole = gcd(binning.y, binning.x)
    columns = fit_columns(
        scale.brightened(pixels),
        positions,
        moving=moving,
        crystal=crystal,
        aspect=(binning.y // whole, binning.x // whole),
    )
    new = columns.positions[len(height) :]
    height = np.concatenate([height, search.height_at(scale, new)])
    snr = columns.labels["snr"]
    repeated = np.zeros(len(columns))
    if crystal:
        echoes = LatticeSupport(
            columns.positions / binning.factors, confident_above_noise(height, snr)
        )
        repeated = echoes.of_candidates(snr)
    return columns, Evidence(height, snr, repeated)
