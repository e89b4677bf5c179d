"""What a network for stacks is to make small beside the error of its slices (torch)."""

import torch
from torch import Tensor

from colonnade.core.learn.losses import LEAST_RMS


def change_loss(volume: Tensor, truth: Tensor) -> Tensor:
    """How far the changes from slice to slice are from being as strong as in truth.

    A network that only makes errors small gives the mean of what may be, which changes less from
    slice to slice than any of it. The square of the logarithm of the ratio of mean square changes,
    averaged over the volumes, costs the least error where the changes are as strong as in truth.

    Parameters
    ----------
    volume, truth
        Normalised grey levels (n, z, y, x).
    """
    ratio = _changes(volume) / _changes(truth)
    return torch.log(ratio).square().mean()


def _changes(volume: Tensor) -> Tensor:
    """Mean square difference between slices beside each other, for each volume."""
    return volume.diff(dim=1).square().mean((1, 2, 3)) + LEAST_RMS**2
