"""Write a trained network as a model file (torch and onnx)."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import torch
from torch import Tensor, nn

from colonnade.core.learn.card import Card
from colonnade.core.learn.model import Model, check_content
from colonnade.core.work.writing import atomic

OPSET = 18


class Named(nn.Module):
    """A network under the name that model files give it.

    Parameters
    ----------
    network
        Trained.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """Give the network's answer."""
        answer: Tensor = self.network(image)
        return answer


def export(network: nn.Module, card: Card, path: Path) -> None:
    """Write a network, with its card, as ONNX.

    Parameters
    ----------
    network
        Maps images (n, channel, y, x) to maps (n, map, y, x) for every n, y, x.
    card
        What the file is to say about itself.
    path
        The ``.onnx`` file.
    """
    size = 4 * card.stride
    free = torch.export.Dim.DYNAMIC
    with _quiet():
        program = torch.onnx.export(
            network.eval(),
            (torch.zeros(2, card.input_channels, size, size),),
            dynamo=True,
            dynamic_shapes=({0: free, 2: free, 3: free},),
            input_names=["image"],
            output_names=["maps"],
            opset_version=OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("the exporter gave no model")
    model = program.model_proto
    _forget_origins(model)
    onnx.helper.set_model_props(model, card.to_metadata())
    content = model.SerializeToString()
    check_content(content, str(path))
    with atomic(path) as temporary:
        temporary.write_bytes(content)


@contextmanager
def exported(network: nn.Module, card: Card) -> Iterator[Model]:
    """Export a network, and give the model for as long as it takes to calibrate it.

    Parameters
    ----------
    network, card
        As for `export`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "uncalibrated.onnx"
        export(network, card, path)
        yield Model(path)


def _forget_origins(model: onnx.ModelProto) -> None:
    """Take out what the exporter notes of the code and the folders that a network came from."""
    graph = model.graph
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output):
        del part.metadata_props[:]


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide what the exporter says about its own internals and about optional packages."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
