"""A trained model: one ONNX file that knows its own card."""

import dataclasses
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.core.errors import ModelError

FORMAT = "2"
"""Version of the card; a file of another version is refused."""

FORMAT_KEY, CARD_KEY = "colonnade_format", "colonnade_card"


@dataclass(frozen=True)
class Card:
    """What a model file says about itself.

    Parameters
    ----------
    name
        What the model is called.
    wing
        Which part of Colonnade it serves, such as ``"atoms"``.
    recipe
        The training recipe, as TOML.
    data_hash
        SHA-256 of what determines the training data.
    pixel_size
        Smallest and largest pixel that it was trained for [nm].
    threshold
        Score from which its detections count.
    background
        Standard deviation of the Gaussian that takes the background off its input [px].
    stride
        Its input must be a multiple of this many pixels high and wide.
    halo
        No pixel further away than this has an influence on its answer [px].
    scores
        What it reached, by name.
    training
        How long it was trained, in words.
    failures
        Where it is known to go wrong, in words.
    calibration
        Weights that make a probability of what speaks for a detection; by default of the height
        of the answer alone.
    licence
        Of the weights.
    """

    name: str
    wing: str
    recipe: str
    data_hash: str
    pixel_size: tuple[float, float]
    threshold: float
    background: float
    stride: int
    halo: int
    scores: dict[str, float]
    training: str
    failures: str
    calibration: tuple[float, ...] = (0.0, 1.0, 0.0, 0.0)
    licence: str = "GPL-3.0-or-later"

    def to_metadata(self) -> dict[str, str]:
        """Give the entries that a model file keeps."""
        return {FORMAT_KEY: FORMAT, CARD_KEY: json.dumps(dataclasses.asdict(self))}

    @classmethod
    def from_metadata(cls, metadata: dict[str, str], where: str) -> "Card":
        """Read the entries of a model file, and refuse what is not ours."""
        if FORMAT_KEY not in metadata:
            raise ModelError(f"{where} is an ONNX file but not a Colonnade model: it has no card")
        if metadata[FORMAT_KEY] != FORMAT:
            raise ModelError(
                f"{where} has model format {metadata[FORMAT_KEY]}, and this Colonnade reads "
                f"format {FORMAT}; install a matching version or train the model again"
            )
        try:
            content: dict[str, Any] = json.loads(metadata[CARD_KEY])
            low, high = content.pop("pixel_size")
            calibration = tuple(content.pop("calibration"))
            return cls(pixel_size=(low, high), calibration=calibration, **content)
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"the card of {where} is damaged: {error}") from error


class Model:
    """A model that runs in ONNX Runtime.

    Parameters
    ----------
    path
        The ``.onnx`` file.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime as ort

        if not path.is_file():
            raise ModelError(f"there is no model file {path}; shipped are: {', '.join(shipped())}")
        options = ort.SessionOptions()
        options.log_severity_level = 4
        # Threads that wait busily take the processors from whatever else runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(
                path, options, providers=ort.get_available_providers()
            )
        except Exception as error:
            # ONNX Runtime raises a dozen unrelated types for a file that it cannot read.
            raise ModelError(
                f"{path} is not a model, or only a part of one; copy or export it again"
            ) from error
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.path = path
        self.card = Card.from_metadata(metadata, str(path))

    @classmethod
    def load(cls, name: str | Path) -> "Model":
        """Load a shipped model by its name, or any model by its file."""
        if str(name) in shipped():
            return cls(Path(str(files("colonnade") / "weights" / f"{name}.onnx")))
        return cls(Path(name))

    def __call__(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run the network on images (n, 1, y, x); give its maps (n, channels, y, x)."""
        outputs = self._session.run(None, {self._session.get_inputs()[0].name: image})
        return np.asarray(outputs[0])


def shipped() -> list[str]:
    """Names of the models that the package carries."""
    weights = files("colonnade") / "weights"
    return sorted(
        item.name.removesuffix(".onnx")
        for item in weights.iterdir()
        if item.name.endswith(".onnx")
    )
