"""Images and volumes as signals of HyperSpy, and columns as its markers.

The axes of a signal are listed in the order (x, y), its array has them as (y, x). Markers are at
(x, y) in the units of the axes, which may begin elsewhere than at 0.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns
from colonnade.core.arrays import Array
from colonnade.core.errors import ImageError
from colonnade.core.files.frames import Frames
from colonnade.core.files.open import as_volume, check_readable
from colonnade.core.files.rosetta import rosetta_signal
from colonnade.core.files.signals import SEVERAL, Signal
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.interop.extras import optional
from colonnade.interop.lazy import array_of

MARKER_SIZE = 8
"""Diameter of a ring that marks a column [points]."""


SAME_STEP = 1e-6
"""Steps from one tilt to the next that differ by no more are even [degrees]."""


def to_hyperspy(image: Micrograph | Volume, columns: Columns | None = None) -> Any:
    """Give an image or a volume as a signal of HyperSpy, calibrated in nm.

    Parameters
    ----------
    image
        Of a volume HyperSpy walks through the planes; one of a file is a lazy signal. The tilts of
        a tilt series, as `from_hyperspy` and files give them in the metadata, are its first axis.
    columns
        What is to be marked on it, for good: the markers are plotted, saved and loaded with the
        signal.

    Returns
    -------
    hyperspy.signals.Signal2D
        With the name as its title, and what the microscope wrote down as its metadata.

    Raises
    ------
    MissingExtraError
        If HyperSpy is not installed.
    """
    hs = optional("hyperspy.api", "signals of HyperSpy", "hyperspy")
    sizes: tuple[float | None, ...]
    if isinstance(image, Volume):
        array, sizes = array_of(image), image.voxel_size
    else:
        array, sizes = image.pixels, image.pixel_size or (None, None)
    axes = [
        {"name": name, "size": count, "navigate": name == "z", **_calibration(size)}
        for name, count, size in zip("zyx"[-len(sizes) :], array.shape, sizes, strict=True)
    ]
    metadata = {**image.metadata, "General": {**image.metadata.get("General", {})}}
    metadata["General"]["title"] = image.name
    original = metadata.pop("original_metadata", {})
    metadata.pop("notes", None)
    tilts = metadata.pop("tilts", ())
    if len(axes) == 3 and sizes[0] is None and len(tilts) == axes[0]["size"]:
        axes[0] = _tilt_axis(tilts)
    signal = hs.signals.Signal2D(
        array, axes=axes, metadata=_writable(metadata), original_metadata=_writable(original)
    )
    if not isinstance(array, np.ndarray):
        signal = signal.as_lazy()
    if columns is not None:
        marks = to_markers(columns, signal)
        signal.add_marker(marks, permanent=True, plot_marker=False, plot_signal=False)
    return signal


def from_hyperspy(signal: Any) -> Micrograph | Volume:
    """Take a signal of HyperSpy as an image, or as a volume where it has several.

    Parameters
    ----------
    signal
        With two signal axes, lengths or without a unit, and one navigation axis at most. Of a
        lazy one nothing is calculated before it is needed.

    Returns
    -------
    Micrograph or Volume
        As a file of the same content would be read: with a calibration if both axes have one, the
        tilts of a tilt series, and notes of what was doubted in the metadata. Where an axis begins
        is not kept.

    Raises
    ------
    ImageError
        If the signal holds no images: spectra, diffraction patterns, complex numbers.
    """
    found = _judged(signal)
    check_readable(found)
    name = found.title or "signal"
    if found.kind in SEVERAL:
        return as_volume(found, name)
    return Frames(found, range(1), name)[0]


def to_markers(columns: Columns, signal: Any) -> Any:
    """Mark columns on a signal: ``signal.add_marker(to_markers(columns, signal))``.

    Parameters
    ----------
    columns
        Found in the images of the signal; those of a stack have the label ``frame``.
    signal
        On whose axes they are to be put.

    Returns
    -------
    hyperspy.api.plot.markers.Points
        Rings, those of each frame on its own image.

    Raises
    ------
    MissingExtraError
        If HyperSpy is not installed.
    """
    hs = optional("hyperspy.api", "markers of HyperSpy", "hyperspy")
    places = columns.positions[:, ::-1] * _scales(signal) + _offsets(signal)
    shape = signal.axes_manager.navigation_shape
    offsets: NDArray[Any] = places
    if shape:
        frames = columns.labels.get("frame", np.zeros(len(columns), np.intp))
        offsets = np.empty(shape, object)
        for frame in range(shape[0]):
            offsets[frame] = places[frames == frame]
    return hs.plot.markers.Points(
        offsets=offsets, sizes=MARKER_SIZE, facecolors="none", edgecolors="red", name="columns"
    )


def from_markers(markers: Any, signal: Any) -> Columns:
    """Take markers of a signal as columns, with the label ``frame`` where it has several images.

    Parameters
    ----------
    markers
        Points, or any markers that have a place each: ``signal.metadata.Markers.columns``.
    signal
        On whose axes they are.
    """
    offsets = np.asarray(markers.kwargs["offsets"])
    parts = list(offsets) if offsets.dtype == object else [offsets]
    places = [_pixels(np.asarray(part, np.float64).reshape(-1, 2), signal) for part in parts]
    frame = np.repeat(np.arange(len(parts)), [len(part) for part in places])
    x, y = np.concatenate(places).T
    labels = {"frame": frame} if offsets.dtype == object else {}
    return Columns(y, x, labels=labels, pixel_size=_judged(signal).pixel_size)


def _judged(signal: Any) -> Signal:
    """Judge a signal as one of a file; its array stays where it is."""
    manager = signal.axes_manager
    axes = sorted(
        (*manager.navigation_axes, *manager.signal_axes), key=lambda axis: axis.index_in_array
    )
    entry: dict[str, Any] = {
        "data": signal.data,
        "axes": [_described(axis) for axis in axes],
        "metadata": signal.metadata.as_dictionary(),
        "original_metadata": signal.original_metadata.as_dictionary(),
    }
    for own in ("Markers", "_HyperSpy"):
        entry["metadata"].pop(own, None)
    return rosetta_signal(Path(signal.metadata.General.title or "the signal"), entry)


def _described(axis: Any) -> dict[str, Any]:
    """Describe an axis; where its samples are not even it has a list of them."""
    even = axis.is_uniform
    return {
        "name": str(axis.name),
        "size": axis.size,
        "units": str(axis.units),
        "navigate": axis.navigate,
        "scale": axis.scale if even else None,
        "offset": axis.offset if even else None,
        "axis": None if even else axis.axis,
    }


def _calibration(size: float | None) -> dict[str, Any]:
    return {} if size is None else {"scale": size, "units": "nm"}


def _tilt_axis(tilts: Sequence[float]) -> dict[str, Any]:
    """Describe the first axis of a tilt series, of even steps or not [degrees]."""
    axis = {"name": "tilt", "units": "deg", "navigate": True}
    steps = np.diff(tilts)
    if np.allclose(steps, steps.mean(), rtol=0, atol=SAME_STEP):
        return {**axis, "size": len(tilts), "scale": float(steps.mean()), "offset": tilts[0]}
    return {**axis, "axis": np.asarray(tilts, np.float64)}


def _scales(signal: Any) -> Array:
    """Steps of the signal axes (x, y), in their units."""
    axes = signal.axes_manager.signal_axes
    if len(axes) != 2 or not all(axis.is_uniform for axis in axes):
        raise ImageError("a signal that is to be marked has two signal axes of even steps")
    return np.array([axis.scale for axis in axes])


def _offsets(signal: Any) -> Array:
    """Where the first pixel lies along the signal axes (x, y), in their units."""
    return np.array([axis.offset for axis in signal.axes_manager.signal_axes])


def _pixels(places: Array, signal: Any) -> Array:
    return (places - _offsets(signal)) / _scales(signal)


def _writable(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as plain dictionaries, which HyperSpy turns into trees."""
    return {
        str(key): _writable(value) if isinstance(value, Mapping) else value
        for key, value in metadata.items()
    }
