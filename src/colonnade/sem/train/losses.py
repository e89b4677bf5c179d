"""What a network for super-resolution is to make small (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

LEAST_RMS = 0.01
"""An error that is as good as any, relative to the contrast of the image."""

MOST_LOG_RATIO = 8.0
"""An error so many e-folds off what was predicted teaches no more than that."""


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


def error_loss(log_error: Tensor, image: Tensor, truth: Tensor) -> Tensor:
    """How badly a Laplace distribution of the predicted scale explains the errors.

    Parameters
    ----------
    log_error
        Logarithm of the predicted error (n, y, x); only this learns.
    image, truth
        Normalised grey levels (n, y, x).
    """
    error = (image.detach() - truth).abs() + LEAST_RMS**2
    ratio = (torch.log(error) - log_error).clamp(max=MOST_LOG_RATIO)
    return (log_error + torch.exp(ratio)).mean()


def content_loss(features: Sequence[Tensor], true_features: Sequence[Tensor]) -> Tensor:
    """How far the features of an image are from those of the truth, averaged over the layers.

    The features are those by which the discriminator tells the two apart, so that none have to be
    learnt elsewhere.
    """
    distances = [
        nn.functional.l1_loss(one, true.detach())
        for one, true in zip(features, true_features, strict=True)
    ]
    return torch.stack(distances).mean()


def adversarial_loss(verdict: Tensor, *, sharp: bool) -> Tensor:
    """Cross entropy of log odds that images are sharp, where they are, or ought to seem so."""
    return nn.functional.binary_cross_entropy_with_logits(
        verdict, torch.full_like(verdict, float(sharp))
    )
