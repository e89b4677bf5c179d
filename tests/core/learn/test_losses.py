"""What the losses of images and of their intervals prefer."""

import math

import pytest
import torch

from colonnade.core.learn.losses import decibel_loss, interval_loss


def test_a_decibel_counts_the_same_in_every_image() -> None:
    """Halving the error of a poor image gains as much as halving that of a good one."""
    truth = torch.zeros(2, 8, 8)
    errors = torch.tensor([1.0, 0.1])[:, None, None].expand(2, 8, 8)
    halved_first, halved_second = errors.clone(), errors.clone()
    halved_first[0] /= 2
    halved_second[1] /= 2
    gains = [
        float(decibel_loss(errors, truth) - decibel_loss(one, truth))
        for one in (halved_first, halved_second)
    ]
    assert gains[0] == pytest.approx(gains[1], rel=0.03)


@pytest.mark.parametrize("scale", [0.05, 0.5, 2.0])
def test_the_best_half_width_holds_nine_errors_of_ten(scale: float) -> None:
    """Of a Laplace distribution that is log 10 times its scale."""
    torch.manual_seed(0)
    truth = torch.zeros(1, 200, 200)
    image = scale * torch.distributions.Laplace(0.0, 1.0).sample(truth.shape)
    guesses = torch.log(scale * math.log(10) * torch.tensor([0.7, 0.85, 1.0, 1.15, 1.4]))
    losses = [interval_loss(torch.full_like(truth, float(g)), image, truth) for g in guesses]
    assert int(torch.stack(losses).argmin()) == 2


def test_only_the_half_width_learns_from_its_loss() -> None:
    image = torch.randn(1, 4, 4, requires_grad=True)
    log_half_width = torch.zeros(1, 4, 4, requires_grad=True)
    interval_loss(log_half_width, image, torch.zeros(1, 4, 4)).backward()
    assert image.grad is None
    assert log_half_width.grad is not None


def test_one_wild_error_pulls_no_more_than_any_other() -> None:
    log_half_width = torch.zeros(1, 10, 10, requires_grad=True)
    image, truth = torch.full((1, 10, 10), 2.0), torch.zeros(1, 10, 10)
    image[0, 0, 0] = 1e30
    interval_loss(log_half_width, image, truth).backward()
    assert log_half_width.grad is not None
    assert log_half_width.grad.unique().numel() == 1
