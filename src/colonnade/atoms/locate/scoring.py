"""Fit candidates, and gather the evidence for each of them.

Where the candidates are those of a crystal, the sites that it seems to lack are fitted as well,
and how often the lattice repeats each candidate is part of the evidence. Whether the image shows
columns at all is judged from those of which the network is confident.
"""

from dataclasses import dataclass, replace
from math import gcd

import numpy as np

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.judge.atomic import ImageEvidence, Spots, image_evidence
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport, suppress_faint
from colonnade.atoms.locate.judge.missing_sites import missing_sites
from colonnade.atoms.locate.judge.probability import Evidence
from colonnade.atoms.locate.judge.standing_out import standing_out
from colonnade.atoms.locate.settings import Settings
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning


@dataclass(frozen=True, eq=False)
class Scored:
    """Fitted candidates, and what is known about each.

    Parameters
    ----------
    columns
        What was fitted.
    evidence
        For each of these.
    atomic
        Probability that the image shows atom columns at all.
    notes
        What could not be fitted, a sentence each.
    """

    columns: Columns
    evidence: Evidence
    atomic: float
    notes: tuple[str, ...]


def fit_and_score(
    search: Search,
    scale: InputScale,
    candidates: Candidates,
    pixels: Single,
    *,
    moving: bool,
    settings: Settings,
) -> Scored:
    """Fit candidates together, and gather the evidence for each.

    Parameters
    ----------
    search, scale
        Where and how they were found.
    candidates
        What was found.
    pixels
        The image that they are fitted to.
    moving
        Whether positions are fitted too, or only what is measured at them.
    settings
        How they are fitted and judged.

    Returns
    -------
    scored
        The candidates, then missing sites, then what the fit found itself.
    """
    lattice = _Lattice(scale.binning, settings)
    sites = lattice.missing_sites(candidates)
    if sites is not None and moving:
        last = np.array(pixels.shape) - 1
        sites = sites[((sites >= 0) & (sites <= last)).all(axis=1)]
        candidates = candidates.plus(Candidates(sites, search.confidence_at(scale, sites)))
    bright = scale.brightened(pixels)
    fitted = fit_columns(
        bright,
        candidates.positions,
        moving=moving,
        crystal=sites is not None,
        aspect=lattice.aspect,
        settings=settings.fit,
    )
    columns = fitted.columns
    new = columns.positions[len(candidates) :]
    confidence = np.concatenate([candidates.confidence, search.confidence_at(scale, new)])
    snr, support = columns.labels["snr"], np.zeros(len(columns))
    if sites is not None:
        support = lattice.support(Candidates(columns.positions, confidence), snr)
    spots = lattice.spots(bright) if sites is None else None
    sure = columns[confidence >= search.network.confident]
    atomic = lattice.image_evidence(bright, sure, spots).probability(settings.judge.atomic)
    return Scored(columns, Evidence(confidence, snr, support), atomic, fitted.notes)


@dataclass(frozen=True)
class _Lattice:
    """What a lattice says of candidates, in pixels that are as high as wide."""

    binning: Binning
    settings: Settings

    @property
    def aspect(self) -> tuple[int, int]:
        """Numbers of pixels along y and x that are equally long."""
        whole = gcd(self.binning.y, self.binning.x)
        return self.binning.y // whole, self.binning.x // whole

    def missing_sites(self, candidates: Candidates) -> Array | None:
        """Sites (y, x) [px] at which a crystal lacks a column; None where there is no crystal."""
        network, settings = self.settings.network, self.settings.judge
        support = LatticeSupport(self._square(candidates), network, settings)
        sites = missing_sites(support, network, settings.missing_sites)
        return None if sites is None else self.binning.factors * sites

    def support(self, candidates: Candidates, snr: Array) -> Array:
        """Lattice support of fitted candidates; faint ones support no other."""
        network, settings = self.settings.network, self.settings.judge
        confidence = suppress_faint(candidates.confidence, snr, network, settings.support)
        fitted = self._square(Candidates(candidates.positions, confidence))
        return LatticeSupport(fitted, network, settings).of_candidates(snr)

    def spots(self, bright: Single) -> Spots:
        """Count what stands out of its surroundings."""
        settings = self.settings.judge
        return Spots.of(
            standing_out(self.binning.apply(bright), settings.standing_out), settings.atomic
        )

    def image_evidence(self, bright: Single, sure: Columns, spots: Spots | None) -> ImageEvidence:
        """Gather what speaks for an image of atom columns, of which those are sure."""
        square = Binning(*self.aspect)
        places = square.apply_to(sure.positions)
        width = sure.width / np.sqrt(square.y * square.x)
        columns = replace(sure, y=places[:, 0], x=places[:, 1], width=width)
        return image_evidence(square.apply(bright), columns, spots, self.settings.judge)

    def _square(self, candidates: Candidates) -> Candidates:
        return Candidates(candidates.positions / self.binning.factors, candidates.confidence)
