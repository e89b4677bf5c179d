"""The published DnCNN weights that the package scico carries, read and run without that package.

They are for noise of one strength each, on grey levels from 0 to 1.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from colonnade.core.arrays import Array

TRAINED = {"L": 0.06, "M": 0.10, "H": 0.20}
"""Standard deviation of the noise that each was trained on."""

LAYERS = 17

EPSILON = 1e-5
"""Added to the variance where features are normalised."""


class DnCnn:
    """One of the networks.

    Parameters
    ----------
    folder
        Where ``dncnn17L.mpk`` and so on are: ``scico/data/flax``.
    kind
        L, M or H.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        import msgpack

        content = (folder / f"dncnn{LAYERS}{kind}.mpk").read_bytes()
        tree = msgpack.unpackb(content, raw=False, strict_map_key=False, ext_hook=_array)
        self.trained = TRAINED[kind]
        self._weights, self._constants = _folded(tree)

    @torch.no_grad()
    def __call__(self, image: Array, strength: float) -> Array:
        """Denoise an image whose noise has a variance of one, `strength` times as strongly."""
        scale = self.trained * strength
        shown = torch.from_numpy((image * scale).astype(np.float32))
        shown = shown - shown.mean() + 0.5
        features = shown[None, None]
        for layer, (weight, constant) in enumerate(
            zip(self._weights, self._constants, strict=True)
        ):
            padded = nn.functional.pad(features, (1, 1, 1, 1), mode="reflect")
            features = nn.functional.conv2d(padded, weight, constant)
            if layer < LAYERS - 1:
                features = torch.relu(features)
        return np.asarray(image - features[0, 0].double().numpy() / scale)


def _array(code: int, data: bytes) -> Any:
    """Read an array as flax writes it: its shape, its type and its bytes."""
    import msgpack

    assert code == 1
    shape, kind, content = msgpack.unpackb(data)
    return np.frombuffer(content, kind).reshape(shape)


def _folded(tree: Any) -> tuple[list[Tensor], list[Tensor | None]]:
    """Give the weights (out, in, y, x) of each layer, with its normalisation folded in."""
    learned, seen = tree["params"], tree["batch_stats"]
    weights: list[Tensor] = [_weight(learned["conv_start"]["kernel"])]
    constants: list[Tensor | None] = [None]
    for number in range(LAYERS - 2):
        block = learned[f"ConvBNBlock_{number}"]
        norm, of = block["BatchNorm_0"], seen[f"ConvBNBlock_{number}"]["BatchNorm_0"]
        gain = norm["scale"] / np.sqrt(of["var"] + EPSILON)
        weights.append(_weight(block["Conv_0"]["kernel"] * gain))
        constants.append(torch.from_numpy(norm["bias"] - of["mean"] * gain))
    weights.append(_weight(learned["conv_end"]["kernel"]))
    constants.append(None)
    return weights, constants


def _weight(kernel: Any) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
