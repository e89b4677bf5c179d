"""What a network makes small beside its errors if its images are to seem sharp (torch)."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


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
