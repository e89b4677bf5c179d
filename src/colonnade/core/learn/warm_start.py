"""Begin a training with the weights of a model file (torch and onnx)."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from colonnade.core.errors import ModelError
from colonnade.core.learn.model import check_content, read_content

Weights = dict[str, Tensor]

NETWORK = "network."
"""What the names of a network's tensors begin with in a model file; what else a file computes of
its answer is not learnt."""


def warm_start(network: nn.Module, file: Path, images: Tensor, part: str = "") -> None:
    """Give a network, or a part of one, the weights of a model file.

    In a model file each normalisation is folded into the convolution before it. It is unfolded
    here with the mean and the spread that `images` have there, so that the network answers as the
    model does and goes on learning from normalised features.

    Parameters
    ----------
    network
        Of the same shape as the model's.
    file
        The ``.onnx`` file.
    images
        What the network is going to be shown (n, channel, y, x).
    part
        What the names of the weights begin with in the model's network, such as "trunk.".
    """
    weights = _weights(file, NETWORK + part)
    network.eval()
    with torch.no_grad():
        _copy(network, weights, file)
        folded = {layer: f"{name}.weight_bias" for name, layer in _normalised(network)}
        for layer, bias in folded.items():
            _normalise(layer, torch.zeros_like(layer.bias), torch.ones_like(layer.bias))
            layer.bias.copy_(weights[bias])
        for layer, (mean, variance) in _statistics(network, list(folded), images).items():
            _normalise(layer, mean, variance)


def _weights(file: Path, prefix: str) -> Weights:
    """Tensors of a model file whose names begin with a prefix, by the rest of the names."""
    content = read_content(file)
    check_content(content, str(file))
    graph = onnx.load_from_string(content).graph
    return {
        item.name.removeprefix(prefix): torch.tensor(onnx.numpy_helper.to_array(item))
        for item in graph.initializer
        if item.name.startswith(prefix)
    }


def _copy(network: nn.Module, weights: Weights, file: Path) -> None:
    """Copy the weights of all convolutions, and refuse those of another network."""
    layers = {
        f"{name}.weight": (name, layer)
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Conv2d)
    }
    needed = {key: layer.weight.shape for key, (_, layer) in layers.items()}
    given = {key: values.shape for key, values in weights.items() if values.ndim == 4}
    if given != needed:
        raise ModelError(
            f"the network in {file} is of another kind or shape than the recipe's; begin with "
            "another model, or change [network] in the recipe"
        )
    for key, (name, layer) in layers.items():
        layer.weight.copy_(weights[key])
        if layer.bias is not None:
            layer.bias.copy_(weights[f"{name}.bias"])


def _normalise(layer: nn.BatchNorm2d, mean: Tensor, variance: Tensor) -> None:
    """Set the statistics of a normalisation, and undo them with what it multiplies and adds."""
    assert layer.running_mean is not None
    assert layer.running_var is not None
    layer.bias.add_(mean - layer.running_mean)
    layer.running_mean.copy_(mean)
    layer.running_var.copy_(variance)
    layer.weight.copy_(torch.sqrt(variance + layer.eps))


def _normalised(network: nn.Module) -> Iterator[tuple[str, nn.BatchNorm2d]]:
    """Each convolution whose answer is normalised, by name, and what normalises it."""
    for (name, first), (_, second) in pairwise(network.named_modules()):
        if isinstance(first, nn.Conv2d) and isinstance(second, nn.BatchNorm2d):
            yield name, second


def _statistics(
    network: nn.Module, layers: list[nn.BatchNorm2d], images: Tensor
) -> dict[nn.BatchNorm2d, tuple[Tensor, Tensor]]:
    """Mean and variance of each channel before each normalisation."""
    seen = {}

    def look(layer: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        seen[layer] = inputs[0].mean((0, 2, 3)), inputs[0].var((0, 2, 3))

    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    network(images)
    for hook in hooks:
        hook.remove()
    return seen
