"""Which crystal, seen along which zone axis, a measured lattice may be."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import gcd

import numpy as np
from scipy.optimize import linear_sum_assignment

from colonnade.atoms.maps.lattice import Lattice
from colonnade.atoms.maps.repeats import Repeat, visible_repeats
from colonnade.atoms.maps.settings import PROPOSALS, ProposalSettings
from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.atoms.simulate.specimen.crystals import known_crystal
from colonnade.core.arrays import Array
from colonnade.core.errors import RecipeError

Pixel = tuple[float, float]


@dataclass(frozen=True)
class Proposal:
    """A crystal that a lattice may be.

    Parameters
    ----------
    name
        Crystal and zone axis, as in ``"Si [110]"``.
    misfit
        How far cell, sites and intensities are from it, in what they usually are off.
    scale
        Measured lengths over those of the crystal; NaN without a calibration.
    """

    name: str
    misfit: float
    scale: float


def propose_crystals(
    lattice: Lattice,
    pixel_size: Pixel | None,
    crystal: str | None = None,
    settings: ProposalSettings = PROPOSALS,
) -> tuple[Proposal, ...]:
    """Propose crystals whose projection has the cell, the sites and the intensities of a lattice.

    Parameters
    ----------
    lattice
        As it was measured.
    pixel_size
        Along (y, x) [nm]; without one the shape of the cell has to do.
    crystal
        The only crystal that is looked at, of the catalogue or a CIF, along all zone axes of low
        indices or the one that stands in brackets after it.
    settings
        How far measured lattices are off.

    Returns
    -------
    proposals
        Those that fit nearly as well as the best, the best first; empty if none fits.
    """
    basis = lattice.basis * (pixel_size or (1.0, 1.0))
    closest = _closest(lattice.sites, basis) if pixel_size else settings.resolved
    found = {}
    for name in _names(crystal):
        fits = [
            _fit(basis, lattice, repeat, pixel_size is not None, settings)
            for repeat in _repeats(name, round(min(settings.resolved, 0.6 * closest), 3))
        ]
        best = min(fits, default=(np.inf, np.nan))
        if best[0] <= settings.fits:
            found[name] = Proposal(name, *best)
    ordered = sorted(found.values(), key=lambda each: each.misfit)
    return tuple(p for p in ordered if p.misfit <= ordered[0].misfit + settings.as_good)


def _names(crystal: str | None) -> Sequence[str]:
    """Crystals with their zone axes; one that was asked for is known, or an error says why not."""
    if crystal is None:
        return [f"{name} {zone}" for name, each in CATALOGUE.items() for zone in each.zones]
    if crystal.endswith("]"):
        known_crystal(crystal)
        return [crystal]
    if crystal in CATALOGUE:
        return [f"{crystal} {zone}" for zone in CATALOGUE[crystal].zones]
    known_crystal(f"{crystal} [1 0 0]")
    return [f"{crystal} [{u} {v} {w}]" for u, v, w in _low_zones()]


def _low_zones() -> Iterator[tuple[int, int, int]]:
    """Zone axes of indices up to two, one of each two opposite ones."""
    for u, v, w in product((0, 1, 2, -1, -2), repeat=3):
        first = u or v or w
        if first > 0 and gcd(u, v, w) == 1:
            yield u, v, w


def _repeats(name: str, resolved: float) -> tuple[Repeat, ...]:
    """What an image may show of a crystal; nothing along a zone axis that shows no columns."""
    if name.split(" [")[0] in CATALOGUE:
        return _known_repeats(name, resolved)
    return _projected(name, resolved)


@cache
def _known_repeats(name: str, resolved: float) -> tuple[Repeat, ...]:
    return _projected(name, resolved)


def _projected(name: str, resolved: float) -> tuple[Repeat, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(visible_repeats(known_crystal(name), resolved))
    except RecipeError:
        return ()


def _closest(sites: Array, basis: Array) -> float:
    """Shortest distance between columns of a lattice."""
    steps = np.array(list(product((-1, 0, 1), repeat=2)), float)
    apart = (sites[:, None] - sites)[..., None, :] + steps
    distance = np.linalg.norm(apart @ basis, axis=-1)
    return float(distance[distance > 0].min())


def _fit(
    basis: Array, lattice: Lattice, repeat: Repeat, calibrated: bool, settings: ProposalSettings
) -> tuple[float, float]:
    """Misfit and scale of the best way to lay a crystal onto a lattice."""
    nothing = (float(np.inf), float(np.nan))
    if len(repeat.sites) != lattice.count:
        return nothing
    best = nothing
    for turn in _unimodular():
        deformed = np.linalg.svd(np.linalg.solve(turn @ repeat.basis, basis), compute_uv=False)
        scale = float(np.sqrt(deformed.prod()))
        squared = (np.log(deformed[0] / deformed[1]) / settings.shear) ** 2
        if calibrated:
            squared += (np.log(scale) / settings.scale) ** 2
        if squared >= min(best[0], settings.fits) ** 2:
            continue
        squared += _off(basis, lattice, repeat, np.asarray(np.linalg.inv(turn)), settings)
        best = min(best, (float(np.sqrt(squared)), scale if calibrated else float(np.nan)))
    return best


def _off(
    basis: Array, lattice: Lattice, repeat: Repeat, turn: Array, settings: ProposalSettings
) -> float:
    """How far sites and intensities are off, squared, for the best origin."""
    sites, least = repeat.sites @ turn, np.inf
    spacing = np.sqrt(abs(np.linalg.det(basis)) / len(sites))
    for origin in sites:
        apart = (lattice.sites - lattice.sites[0])[:, None] - (sites - origin)
        apart = (apart - np.round(apart)) @ basis
        which = linear_sum_assignment((apart**2).sum(axis=-1))[1]
        off = apart[np.arange(len(which)), which]
        off = off - off.mean(axis=0)
        squared = (off**2).sum(axis=1).mean() / (settings.site * spacing) ** 2
        bright = np.log(np.abs(lattice.intensity)) - repeat.brightness[:, which]
        bright -= bright.mean(axis=1, keepdims=True)
        if np.isfinite(bright).all():
            squared += (bright**2).mean(axis=1).min() / settings.brightness**2
        least = min(least, squared)
    return float(least)


@cache
def _unimodular() -> tuple[Array, ...]:
    """Ways to choose other sides of the same reduced cell, mirrored or not."""
    matrices = (np.reshape(each, (2, 2)) for each in product((-1.0, 0.0, 1.0), repeat=4))
    return tuple(each for each in matrices if abs(abs(np.linalg.det(each)) - 1) < 0.5)
