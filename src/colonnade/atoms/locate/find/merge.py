"""Merge the candidates of two scales.

A fine scale parts columns that are one on a coarse scale, which in turn is safer against noise. So
candidates of the fine scale replace one of the coarse scale only where they are two.
"""

import numpy as np
from scipy.spatial import cKDTree

from colonnade.atoms.locate.candidates import Candidates, InputScale
from colonnade.atoms.locate.find.settings import ScaleSettings


def merge_distance(coarse: InputScale, settings: ScaleSettings) -> float:
    """Distance below which a candidate of a finer scale is one of the coarse scale [px]."""
    return float(settings.merge_distance * np.sqrt(np.prod(coarse.binning.factors)))


def merged(coarse: Candidates, fine: Candidates, near: float, split: float) -> Candidates:
    """Merge what was found on two scales.

    Where the fine scale has two candidates near one of the coarse scale, they replace it. A single
    one of the fine scale is the same candidate, and one near none of the coarse scale is new.

    Parameters
    ----------
    coarse, fine
        Of the two scales.
    near
        Candidates of two scales nearer than this are the same [px].
    split
        Network confidence of two candidates that replace one.
    """
    if not len(coarse) or not len(fine):
        return coarse if len(coarse) else fine
    distance, owner = cKDTree(coarse.positions).query(fine.positions)
    strong = fine.confidence >= split
    owned = distance < near
    replaced = np.bincount(owner[owned & strong], minlength=len(coarse)) >= 2
    kept = np.where(owned, strong & replaced[owner], True)
    return coarse[~replaced].plus(fine[kept])
