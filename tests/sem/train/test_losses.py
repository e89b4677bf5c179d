"""What the losses prefer."""

import pytest
import torch

from colonnade.sem.train.losses import adversarial_loss, content_loss


def test_content_is_the_same_only_where_features_are() -> None:
    features = [torch.randn(1, 3, 4, 4), torch.randn(1, 5, 2, 2)]
    assert content_loss(features, features) == 0
    assert float(content_loss([one + 1 for one in features], features)) == pytest.approx(1)


def test_seeming_sharp_pays() -> None:
    sure = torch.full((1, 1, 2, 2), 3.0)
    assert adversarial_loss(sure, sharp=True) < adversarial_loss(-sure, sharp=True)
    assert adversarial_loss(sure, sharp=False) > adversarial_loss(-sure, sharp=False)
