"""A trained model: one ONNX file that knows its own card."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from colonnade.core.arrays import Single
from colonnade.core.errors import ModelError
from colonnade.core.learn.card import Card
from colonnade.core.learn.onnx_file import OnnxFile, inspect, with_metadata
from colonnade.core.work.processors import is_one_of_many
from colonnade.core.work.record import file_state
from colonnade.core.work.writing import atomic

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LARGEST_FILE = 64 * 2**20
"""A larger file is no model of ours [bytes]."""

KEPT = 4
"""So many models stay in memory."""


class Model:
    """A model that runs in ONNX Runtime; its card is checked before the runtime sees the file.

    Parameters
    ----------
    path
        The ``.onnx`` file.
    """

    def __init__(self, path: Path) -> None:
        content = read_content(path)
        self.path = path
        self.card = check_content(content, str(path))
        self._session = _session(content, path)

    @classmethod
    def load(cls, name: str | Path) -> "Model":
        """Load a shipped model by its name, or any model by its file; what was loaded is kept."""
        path = find_model(name)
        return _loaded(path, file_state(path))

    def __reduce__(self) -> tuple[Callable[..., "Model"], tuple[Path, str]]:
        # Another process loads the file itself, once.
        return _sent, (self.path, self.digest)

    @property
    def digest(self) -> str:
        """Tells its file from any other, whatever they are called."""
        return sha256(self.path.read_bytes()).hexdigest()

    def __call__(self, images: Single) -> Single:
        """Run the network on images (n, channel, y, x); give its maps (n, map, y, x)."""
        outputs = self._session.run(None, {self._session.get_inputs()[0].name: images})
        return np.asarray(outputs[0])


@lru_cache(KEPT)
def _loaded(path: Path, state: str) -> Model:
    """Load a model, unless its file is in the state in which it was loaded before."""
    return Model(path)


def read_card(name: str | Path) -> Card:
    """Read and check the card of a shipped model or of a file; the network is not loaded."""
    path = find_model(name)
    return check_content(read_content(path), str(path))


def shipped() -> list[str]:
    """Names of the models that the package carries."""
    weights = files("colonnade") / "weights"
    return sorted(
        item.name.removesuffix(".onnx")
        for item in weights.iterdir()
        if item.name.endswith(".onnx")
    )


def find_model(name: str | Path) -> Path:
    """Give the file of a shipped model, or the file itself."""
    if str(name) in shipped():
        return Path(str(files("colonnade") / "weights" / f"{name}.onnx"))
    return Path(name)


def read_content(path: Path) -> bytes:
    """Read a model file, unless it is too large to be one."""
    if not path.is_file():
        raise ModelError(f"there is no model file {path}; shipped are: {', '.join(shipped())}")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ModelError(f"the model {path} cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise ModelError(
            f"{path} has more than the {LARGEST_FILE // 2**20} MiB that a model has at most; "
            "choose another file"
        )
    return content


def check_content(content: bytes, where: str) -> Card:
    """Check a model file, and give its card.

    Parameters
    ----------
    content
        Of the file.
    where
        The file, for messages.
    """
    seen = inspect(content, where)
    card = Card.from_metadata(seen.metadata, where)
    _check_network(seen, card, where)
    return card


def save_with_card(source: Path, card: Card, target: Path) -> None:
    """Write a model with another card; its network stays the same, to the bit.

    Parameters
    ----------
    source
        The model.
    card
        What the file shall say.
    target
        The file to write.
    """
    content = with_metadata(read_content(source), card.to_metadata())
    check_content(content, str(target))
    with atomic(target) as temporary:
        temporary.write_bytes(content)


@lru_cache(KEPT)
def _sent(path: Path, digest: str) -> Model:
    """Load a model that another process has sent."""
    model = Model(path)
    if model.digest != digest:
        raise ModelError(f"{path} is another file here than where the work was given out")
    return model


def _check_network(seen: OnnxFile, card: Card, where: str) -> None:
    """Refuse a network of other inputs and outputs than its card says."""
    for side, shapes, channels in (
        ("input", seen.inputs, card.input_channels),
        ("output", seen.outputs, card.output_channels),
    ):
        if len(shapes) != 1:
            raise ModelError(f"{where} has {len(shapes)} {side}s, and a model has one")
        given = shapes[0][1] if len(shapes[0]) > 1 else None
        if given != channels:
            raise ModelError(
                f"the {side} of {where} has {given or 'an unknown number of'} channels, and its "
                f"card says {channels}; export it again"
            )


def _session(content: bytes, path: Path) -> "InferenceSession":
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4
    if is_one_of_many():
        options.intra_op_num_threads = 1
    # Threads that wait busily take the processors from whatever else runs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What the runtime sets aside by a plan of its own is half as large again as what it needs.
    options.enable_mem_pattern = False
    # Another format that the runtime knows has not been checked.
    options.add_session_config_entry("session.load_model_format", "ONNX")
    errors: list[Exception] = []
    # What a GPU cannot load, the processor may; the runtime's own fallback prints to the terminal.
    for providers in (ort.get_available_providers(), ["CPUExecutionProvider"]):
        try:
            return ort.InferenceSession(content, options, providers=providers, enable_fallback=0)
        except Exception as error:  # a dozen unrelated types for a file that cannot be read
            errors.append(error)
    raise ModelError(
        f"{path} is not a model, or only a part of one; copy or export it again"
    ) from errors[0]
