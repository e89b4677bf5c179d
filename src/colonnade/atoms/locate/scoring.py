"""Fit candidates, and gather the evidence for each of them.

Where the candidates are those of a crystal, the sites that it seems to lack are fitted as well,
and how often the lattice repeats each candidate is part of the evidence. Where nothing repeats,
whatever stands out of its surroundings is fitted as well, and how far it does is the evidence.
Whether the image shows columns at all is judged from those of which the network is confident.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import gcd

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.prominence import Prominence
from colonnade.atoms.locate.find.search import Search
from colonnade.atoms.locate.fit.measured import fit_columns
from colonnade.atoms.locate.judge.atomic import ImageEvidence, image_evidence
from colonnade.atoms.locate.judge.lattice_support import LatticeSupport, suppress_faint
from colonnade.atoms.locate.judge.likeness import likeness
from colonnade.atoms.locate.judge.missing_sites import missing_sites
from colonnade.atoms.locate.judge.probability import Evidence
from colonnade.atoms.locate.judge.spots import Spots
from colonnade.atoms.locate.judge.sublattices import (
    FaintSites,
    standing_out,
    sublattice_sites,
)
from colonnade.atoms.locate.settings import Settings
from colonnade.core.arrays import Array, Single
from colonnade.core.images.binning import Binning
from colonnade.core.work.progress import Progress, silent


@dataclass(frozen=True, eq=False)
class Scored:
    """Fitted candidates, and what is known about each.

    Parameters
    ----------
    columns
        What was fitted.
    evidence
        For each of these.
    image
        What speaks for an image of atom columns.
    notes
        What could not be fitted, a sentence each.
    """

    columns: Columns
    evidence: Evidence
    image: ImageEvidence
    notes: tuple[str, ...]

    @property
    def repeats(self) -> bool:
        """Whether it is the image of a crystal."""
        return bool(self.evidence.repeated.any())


def fit_and_score(
    search: Search,
    scale: InputScale,
    candidates: Candidates,
    pixels: Single,
    *,
    moving: bool,
    settings: Settings,
    progress: Progress = silent,
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
    progress
        Called with the number of fitted parts of the image and of all.

    Returns
    -------
    scored
        The candidates, then missing sites or what else stands out, then what the fit found
        itself.
    """
    bright = scale.brightened(pixels)
    lattice = _Lattice(scale.binning, settings)
    sites = lattice.missing_sites(candidates)
    surroundings = None
    if sites is None:
        surroundings = Prominence.of(bright, scale.binning, settings.find.prominence)
        sites = surroundings.peaks_apart(candidates.positions)
    seen = len(candidates)
    if moving:
        candidates = candidates.plus(_at_sites(search, scale, sites))
    if moving and surroundings is None:
        faint = lattice.sublattice_sites(candidates, lambda at: _seen(search, scale, at))
        candidates = candidates.plus(_at_sites(search, scale, faint))
    fitted = fit_columns(
        bright,
        candidates.positions,
        moving=moving,
        crystal=surroundings is None,
        guessed=len(candidates) - seen,
        aspect=lattice.aspect,
        settings=settings.fit,
        progress=progress,
    )
    columns = fitted.columns
    new = columns.positions[len(candidates) :]
    confidence = np.concatenate([candidates.confidence, search.confidence_at(scale, new)])
    snr, spots = columns.labels["snr"], None
    if surroundings is None:
        evidence = lattice.evidence(Candidates(columns.positions, confidence), snr)
        sure = confidence >= search.network.confident
    else:
        # A fit may lead away from the spot that is in question.
        places = np.concatenate([candidates.positions, new])
        spots = Spots.of(surroundings.prominence, settings.judge.spots)
        evidence = Evidence.alone(confidence, snr, *surroundings.at(places), spots.contrast)
        sure = evidence.prominence >= settings.judge.spots.standing_out
    image = lattice.image_evidence(bright, columns[sure], evidence.lattice_support[sure], spots)
    return Scored(columns, evidence, image, fitted.notes)


def _at_sites(search: Search, scale: InputScale, sites: Array) -> Candidates:
    """Candidates at those of some sites (y, x) [px] that lie in the image."""
    sites = sites[_inside(sites, search.pixels.shape)]
    return Candidates(sites, search.confidence_at(scale, sites))


def _seen(search: Search, scale: InputScale, places: Array) -> Array:
    """Confidence of the network at places (y, x) [px]; NaN beyond the image."""
    inside = _inside(places, search.pixels.shape)
    return np.where(inside, search.confidence_at(scale, places), np.nan)


def _inside(places: Array, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.asarray(((places >= 0) & (places <= np.array(shape) - 1)).all(axis=1))


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

    def sublattice_sites(
        self, candidates: Candidates, confidence_at: Callable[[Array], Array]
    ) -> Array:
        """Sites (y, x) [px] of faint sublattices at which there is no candidate."""
        network, settings = self.settings.network, self.settings.judge
        square = self._square(candidates)
        sites = sublattice_sites(
            LatticeSupport(square, network, settings),
            square,
            lambda places: confidence_at(self.binning.factors * places),
            network,
            settings.sublattices,
        )
        return np.asarray(self.binning.factors * sites)

    def evidence(self, candidates: Candidates, snr: Array) -> Evidence:
        """Gather what there is for fitted candidates in a crystal; faint ones support no other."""
        network, settings = self.settings.network, self.settings.judge
        supporting = suppress_faint(candidates.confidence, snr, network, settings.support)
        fitted = self._square(Candidates(candidates.positions, supporting))
        repeated = LatticeSupport(fitted, network, settings).of_candidates(snr)
        square = self._square(candidates)
        faint = FaintSites.of(square, snr, settings)
        repeated = np.maximum(repeated, faint.support)
        alike = likeness(square.positions, snr, repeated, settings.likeness)
        alike = np.where(faint.empty, 0, alike)
        most = np.where(faint.empty, standing_out(np.nan_to_num(snr), settings.sublattices), 1)
        confidence = np.minimum(candidates.confidence, most)
        return Evidence.in_crystal(confidence, snr, np.maximum(repeated, alike))

    def image_evidence(
        self, bright: Single, sure: Columns, support: Array, spots: Spots | None
    ) -> ImageEvidence:
        """Gather what speaks for an image of atom columns, of which those are sure."""
        square = Binning(*self.aspect)
        places = square.apply_to(sure.positions)
        width = sure.width / np.sqrt(square.y * square.x)
        columns = replace(sure, y=places[:, 0], x=places[:, 1], width=width)
        return image_evidence(square.apply(bright), columns, support, spots, self.settings.judge)

    def _square(self, candidates: Candidates) -> Candidates:
        return Candidates(candidates.positions / self.binning.factors, candidates.confidence)
