"""Read Zarr: OME-Zarr, arrays of any layout, and HyperSpy's .zspy, in folders and zipped."""

import json
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from colonnade.core.errors import FileError
from colonnade.core.files.bare import bare_signal, check_images, lazy_planes, may_be_image
from colonnade.core.files.guard import import_reader
from colonnade.core.files.rosetta import rosetta_signal
from colonnade.core.files.signals import Axis, Signal, make_signal, squeeze
from colonnade.core.files.unpacked import MOST_TIMES, SMALL, check_count, check_unpacked

_OBJECTS = (
    "holds Python objects, which are never unpickled because they can run code; "
    "save an array of numbers"
)
_NONE = "_None_"


def read_zspy(path: Path) -> list[Signal]:
    """List the signals of HyperSpy's Zarr, of either format of Zarr."""
    experiments = _open(path)["Experiments"]
    return [_experiment(path, group) for _, group in sorted(experiments.groups())]


def read_zarr(path: Path) -> list[Signal]:
    """List the images of OME-Zarr, or else the arrays that may be images."""
    root = _open(path)
    if not hasattr(root, "groups"):
        _refuse_pickles(path, root)
        return [bare_signal(path.stem, _planes(path, root), dict(root.attrs))]
    images = [(name, group) for name, group in _images(root)]
    if images:
        several = len(images) > 1
        return [
            signal
            for name, group in images
            for signal in _ome_signals(path, group, name if several else path.stem)
        ]
    arrays = [(name, item) for name, item in root.members(None) if not hasattr(item, "groups")]
    for _, array in arrays:
        _refuse_pickles(path, array)
    check_images(path, sum(may_be_image(array) for _, array in arrays))
    return [
        bare_signal(name, _planes(path, array), dict(array.attrs))
        for name, array in sorted(arrays)
        if may_be_image(array)
    ]


def _open(path: Path) -> Any:
    """Open a store by its own metadata, not by the copy in which it may be consolidated."""
    zarr = import_reader("zarr")
    from colonnade.core.files.zarr_stores import open_store

    store = open_store(path)
    try:
        return zarr.open_group(store, mode="r", use_consolidated=False)
    except (zarr.errors.ContainsArrayError, zarr.errors.GroupNotFoundError):
        return zarr.open_array(store, mode="r")


def _array(path: Path, group: Any, name: str) -> Any:
    """Open an array of numbers."""
    try:
        array = group[name]
    except ValueError as error:  # Zarr knows no type for what was pickled
        raise FileError(f"{path} {_OBJECTS}") from error
    _refuse_pickles(path, array)
    return array


def _planes(path: Path, array: Any) -> Any:
    """Wrap an array, if it claims no more than can be held, so that its planes are read singly."""
    from colonnade.core.files.zarr_codecs import bounded
    from colonnade.core.files.zarr_stores import held_bytes

    check_count(path, array.shape, array.chunks)
    plane = prod(array.shape[-2:]) * array.dtype.itemsize
    if plane > SMALL:
        check_unpacked(path, held_bytes(path, array.path, plane // MOST_TIMES + 1), plane)
    return lazy_planes(bounded(path, array))


def _refuse_pickles(path: Path, array: Any) -> None:
    """Refuse an array whose codecs run code: it is made, but nothing of it is decoded yet."""
    described = {**array.metadata.to_dict(), "attributes": None}
    if "pickle" in json.dumps(described, default=repr).casefold():
        raise FileError(f"{path} {_OBJECTS}")


def _experiment(path: Path, group: Any) -> Signal:
    data = _planes(path, _array(path, group, "data"))
    axes = [_known(group[f"axis-{place}"].attrs) for place in range(data.ndim)]
    entry = {
        "data": data,
        "axes": axes,
        "metadata": _nested(group, "metadata"),
        "original_metadata": _nested(group, "original_metadata"),
    }
    return rosetta_signal(path, entry)


def _nested(group: Any, name: str) -> dict[str, Any]:
    """Metadata as they are nested in groups; what is itself a signal is left out."""
    if name not in group:
        return {}
    inner = group[name]
    below = {key: _nested(inner, key) for key, _ in inner.groups() if not key.startswith("_")}
    return {**_known(inner.attrs), **below}


def _known(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: None if value == _NONE else value for key, value in attributes.items()}


def _images(root: Any) -> Iterator[tuple[str, Any]]:
    """Groups with multiscales: the root itself, or those that lie in it."""
    if _multiscales(root):
        yield "", root
        return
    for name, group in sorted(root.groups()):
        if _multiscales(group):
            yield name, group


def _multiscales(group: Any) -> list[dict[str, Any]]:
    """What OME-Zarr says of an image: version 0.5 has a key of its own, 0.4 has not."""
    return list(group.attrs.get("ome", group.attrs).get("multiscales", ()))


def _transforms(described: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(described.get("coordinateTransformations", ()))


def _scale(transforms: Sequence[Mapping[str, Any]], count: int) -> list[float]:
    """Steps along every axis: the scales of a level and of its image multiply."""
    scale = [1.0] * count
    for transform in transforms:
        if "scale" in transform:
            scale = [a * b for a, b in zip(scale, transform["scale"], strict=True)]
    return scale


def _ome_signals(path: Path, group: Any, title: str) -> list[Signal]:
    """List each channel of the finest level of an image."""
    image = _multiscales(group)[0]
    finest = image["datasets"][0]
    array = _planes(path, _array(path, group, finest["path"]))
    scale = _scale((*_transforms(finest), *_transforms(image)), array.ndim)
    axes = [
        Axis(str(axis["name"]), size, step, 0.0, str(axis.get("unit") or ""))
        for axis, size, step in zip(image["axes"], array.shape, scale, strict=True)
    ]
    array, axes = squeeze(array, axes)
    names = [axis.name for axis in axes]
    metadata = {"ome": dict(group.attrs.get("ome", group.attrs))}
    if "c" not in names:
        return [make_signal(title, array, axes, metadata)]
    place = names.index("c")
    return [
        make_signal(
            f"{title} channel {channel}",
            array[(slice(None),) * place + (channel,)],
            axes[:place] + axes[place + 1 :],
            metadata,
        )
        for channel in range(axes[place].size)
    ]
