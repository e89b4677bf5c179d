"""Checkpoints of a training: whole, the last two of them, and of no other training."""

import json
import warnings
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from colonnade.core.errors import ColonnadeWarning, FileError
from colonnade.core.work.writing import atomic, flush

CHECKPOINT = "checkpoint.safetensors"
BEFORE = "checkpoint-before.safetensors"

METADATA = "colonnade"
"""The entry of a file that holds whose checkpoint it is, and its checksum."""


class Checkpoints:
    """The checkpoints in the folder of a training.

    Parameters
    ----------
    folder
        Where they are.
    identity
        What the training depends on, such as its recipe, seed and data: text by name.
    """

    def __init__(self, folder: Path, identity: Mapping[str, str]) -> None:
        self.newest, self.before = folder / CHECKPOINT, folder / BEFORE
        self.identity = {name: _digest(text.encode()) for name, text in identity.items()}
        self._newest_damaged = False

    def exist(self) -> bool:
        """Whether the folder holds a training."""
        return self.newest.exists() or self.before.exists()

    def save(self, tensors: Mapping[str, Tensor]) -> None:
        """Write a checkpoint, and keep the one before."""
        content = _serialised(tensors, self.identity)
        with atomic(self.newest) as temporary:
            temporary.write_bytes(content)
            flush(temporary)  # a disk that is full may say so only now
            if self.newest.exists() and not self._newest_damaged:
                self.newest.replace(self.before)
        self._newest_damaged = False

    def load(self) -> dict[str, Tensor]:
        """Read the newest checkpoint that is whole; a warning says if it is the one before.

        Raises
        ------
        FileError
            If none is whole, or if they belong to another training.
        """
        tensors = self._read(self.newest)
        if tensors is not None:
            return tensors
        self._newest_damaged = True
        tensors = self._read(self.before)
        if tensors is None:
            raise FileError(
                f"no checkpoint in {self.newest.parent} is whole; begin anew in another folder"
            )
        warnings.warn(
            f"{self.newest} is damaged or missing, and the training goes on from {BEFORE}",
            ColonnadeWarning,
            stacklevel=2,
        )
        return tensors

    def _read(self, path: Path) -> dict[str, Tensor] | None:
        """Tensors of a checkpoint, or None if it is not whole."""
        try:
            with safe_open(path, framework="pt") as file:
                about = json.loads(file.metadata()[METADATA])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            identity = dict(about["identity"])
            if about["sha256"] != _checksum(tensors, identity):
                return None
        except (SafetensorError, OSError, LookupError, TypeError, ValueError):
            return None
        self._refuse_other(path, identity)
        return tensors

    def _refuse_other(self, path: Path, identity: dict[str, str]) -> None:
        names = self.identity.keys() | identity.keys()
        other = [n for n in sorted(names) if self.identity.get(n) != identity.get(n)]
        if other:
            raise FileError(
                f"{path} belongs to a training with another {' and '.join(other)}; go on with "
                "what it was begun with, or name another folder"
            )


def _serialised(tensors: Mapping[str, Tensor], identity: dict[str, str]) -> bytes:
    # The checksum is of the file without it. One entry, as several would come in any order.
    about = {"identity": identity, "sha256": _checksum(tensors, identity)}
    return bytes(save(_kept(tensors), {METADATA: json.dumps(about, sort_keys=True)}))


def _checksum(tensors: Mapping[str, Tensor], identity: dict[str, str]) -> str:
    return _digest(save(_kept(tensors), {METADATA: json.dumps(identity, sort_keys=True)}))


def _kept(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.contiguous().cpu() for name, tensor in tensors.items()}


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
