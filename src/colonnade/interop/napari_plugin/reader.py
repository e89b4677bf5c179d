"""Read what the microscope wrote, and our own tables, as layers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from colonnade.atoms.columns import Columns
from colonnade.core.errors import ColonnadeError
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.frames import Frames
from colonnade.core.files.open import as_volume, check_readable, describe
from colonnade.core.files.signals import READABLE, SEVERAL
from colonnade.core.images.volume import Volume
from colonnade.interop.napari_layers import LayerData, to_napari
from colonnade.tomo.reconstruct.angles import choose_angles

TABLE = ".columns.csv"
"""How the names of our tables end."""


def get_reader(path: str | list[str]) -> Callable[[str | list[str]], list[LayerData]] | None:
    """Give what reads a file, or all files of a list; None where one of them is not known."""
    known = (one.endswith(TABLE) or Path(one).suffix.lower() in SUFFIXES for one in _listed(path))
    return read if all(known) else None


def read(path: str | list[str]) -> list[LayerData]:
    """Read files: a layer for each image, stack or volume, and for each table of columns."""
    return [layer for one in _listed(path) for layer in _read(Path(one))]


def _read(path: Path) -> list[LayerData]:
    if path.name.endswith(TABLE):
        columns = Columns.from_csv(path)
        ((data, shown, kind),) = to_napari(None, columns)
        return [(data, {**shown, "name": path.name.removesuffix(".csv")}, kind)]
    signals = describe(path)
    readable = [signal for signal in signals if signal.kind in READABLE]
    if not readable:
        check_readable(signals[0])
    layers: list[LayerData] = []
    for signal in readable:
        name = path.stem if len(readable) == 1 else f"{path.stem}: {signal.title}"
        several = signal.kind in SEVERAL
        layers += to_napari(
            _with_tilts(path, as_volume(signal, name))
            if several
            else Frames(signal, range(1), name)[0]
        )
    return layers


def _with_tilts(path: Path, stack: Volume) -> Volume:
    """Note the tilts of a series, as the file says them or one beside it."""
    try:
        angles, _ = choose_angles(path, stack.shape[0], stack.metadata.get("tilts"), None)
    except ColonnadeError:  # nobody says them: it may be any stack
        return stack
    return replace(stack, metadata={**stack.metadata, "tilts": list(angles.tilts)})


def _listed(path: str | list[str]) -> list[str]:
    return path if isinstance(path, list) else [path]
