"""What networks that answer with an image and its intervals are to make small (torch)."""

import torch
from torch import Tensor

from colonnade.core.measures.trust import COVERAGE

LEAST_RMS = 0.005
"""An error that is as good as any, relative to the contrast of the image."""

LEAST_ERROR = 1e-4
"""No pixel is taken to be closer to the truth than this, relative to the contrast."""


def decibel_loss(image: Tensor, truth: Tensor) -> Tensor:
    """Half the logarithm of each image's mean square error, averaged over the images.

    A decibel counts the same in every image, whether noise or detail limits it: the mean square
    error itself would let the noisiest images drown all others.

    Parameters
    ----------
    image, truth
        Normalised grey levels (n, y, x).
    """
    squared = (image - truth).square().mean((1, 2))
    return 0.5 * torch.log(squared + LEAST_RMS**2).mean()


def interval_loss(log_half_width: Tensor, image: Tensor, truth: Tensor) -> Tensor:
    """How far predicted half-widths are from the 90 % quantile of the errors.

    The pinball loss of the logarithm, which is smallest where nine of ten errors are narrower;
    an image with tiny errors counts as much as one with large ones.

    Parameters
    ----------
    log_half_width
        Logarithm of the predicted half-width (n, y, x); only this learns.
    image, truth
        Normalised grey levels (n, y, x).
    """
    beyond = torch.log((image.detach() - truth).abs() + LEAST_ERROR) - log_half_width
    return torch.maximum(COVERAGE * beyond, (COVERAGE - 1) * beyond).mean()
