"""Any network for super-resolution in torch that spandrel knows, such as ESRGAN or SwinIR."""

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError, MissingPeerError, UnsuitableImageError
from colonnade.sem.bench.case import MethodInput, Upscaling


def make(argument: str) -> "Spandrel":
    """Make the method ready: ``spandrel:FILE`` names the weights of a network.

    Spandrel reads the file with torch, whose own format may hold code that is run; a file of the
    kind safetensors holds none. Name only what comes from somebody you trust.
    """
    if not Path(argument).is_file():
        raise MethodError(
            f"there is no file {argument!r}; write spandrel:FILE, where FILE holds the weights of "
            "a network for super-resolution"
        )
    try:
        spandrel, torch = import_module("spandrel"), import_module("torch")
    except ImportError as error:
        raise MissingPeerError(
            f"spandrel cannot be loaded ({error}): pip install 'colonnade[spandrel]'"
        ) from error
    return Spandrel(_loaded(spandrel, argument), torch)


def _loaded(spandrel: Any, path: str) -> Any:
    try:
        model = spandrel.ModelLoader(device="cpu").load_from_file(path)
    except Exception as error:  # whatever the file is, reading it may raise anything
        raise MethodError(f"spandrel cannot load {path}: {error}") from error
    if not isinstance(model, spandrel.ImageModelDescriptor) or model.scale < 2:
        raise MethodError(f"{path} holds no network that upscales single images")
    return model.eval()


class Spandrel:
    """A network for pictures with values from 0 to 1, which it is given.

    Nearly all were trained on photographs: the darkest and the brightest pixel become 0 and 1, and
    where three colours are wanted the grey level stands for each, and the mean of the answer's
    colours for its grey level.

    Parameters
    ----------
    model
        As spandrel loads it.
    torch
        The module.
    """

    def __init__(self, model: Any, torch: Any) -> None:
        self._model, self._torch = model, torch

    def run(self, given: MethodInput) -> Upscaling:
        """Upscale one image."""
        if self._model.scale != given.factor:
            raise UnsuitableImageError(f"the network upscales by {self._model.scale}")
        low, high = float(given.image.min()), float(given.image.max())
        scale = high - low or 1.0
        answer = self._answer(np.asarray((given.image - low) / scale, np.float32))
        return Upscaling(np.asarray(answer * scale + low, np.float32))

    def _answer(self, image: Single) -> Single:
        """Give the answer to an image with values from 0 to 1."""
        colours = np.repeat(image[None, None], self._model.input_channels, axis=1)
        with self._torch.inference_mode():
            answer = self._model(self._torch.from_numpy(colours))
        return np.asarray(answer[0].float().mean(0).numpy())
