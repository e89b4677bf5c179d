"""Images, volumes and columns as layers of napari.

napari has the axes as we have them, (y, x), and for each layer a scale with a unit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from colonnade.atoms.columns import Columns, typical_spacing
from colonnade.core.errors import ImageError
from colonnade.core.files.signals import luminance
from colonnade.core.files.units import to_nm
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.interop.lazy import Blocks, array_of

LayerData = tuple[Any, dict[str, Any], str]
"""What napari makes a layer of: data, how they are shown, and the kind of layer."""

RING_SHARE = 0.5
"""Diameter of the circle round a column, in distances to its nearest neighbour."""

_NONE = (None, None)
"""Sizes along (y, x) where there is no calibration."""

_POSITIONS = ("y_px", "x_px", "y_nm", "x_nm")


def to_napari(
    image: Micrograph | Volume | None = None, columns: Columns | None = None
) -> list[LayerData]:
    """Give an image or a volume, and columns in it, as data of napari's layers.

    Each makes a layer: ``viewer.add_layer(napari.layers.Layer.create(*data))``.

    Parameters
    ----------
    image
        An image layer is made of it, scaled in nm where it is calibrated, of a volume without
        reading it; None for columns alone.
    columns
        A points layer of circles is made of them, scaled as the image, with all that is known of
        each column as its features. Those of a stack have the label ``frame``.
    """
    if image is None:
        sizes: VoxelSize = (None, *(columns.pixel_size or _NONE)) if columns else (None, *_NONE)
    elif isinstance(image, Volume):
        sizes = image.voxel_size
    else:
        sizes = (None, *(image.pixel_size or _NONE))
    layers = [] if image is None else [_image(image, sizes)]
    if columns is not None:
        name = "columns" if image is None else f"columns of {image.name}"
        layers.append(_points(columns, sizes, name))
    return layers


def from_napari(layer: Any) -> Micrograph | Volume | Columns:
    """Take an image layer as an image or a volume, or a points layer as columns.

    Parameters
    ----------
    layer
        An image with two or three axes; of one in several resolutions the finest is taken, of
        colours the luminance. Or points with two axes, or with three, of which the first is the
        frame. Points that were moved are where they are; of points that were added only what
        napari filled in is known.

    Raises
    ------
    ImageError
        If it has other axes, or is of another kind.
    """
    sizes = [to_nm(float(s), str(unit)) for s, unit in zip(layer.scale, layer.units, strict=True)]
    if hasattr(layer, "features") and hasattr(layer, "symbol"):
        return _columns(layer, _pair(sizes))
    if not hasattr(layer, "rgb"):
        raise ImageError(f"the layer {layer.name} is neither an image nor points")
    data = layer.data[0] if layer.multiscale else layer.data
    if layer.rgb:
        data = luminance(np.asarray(data))
    if data.ndim == 3:
        return Volume(Blocks(data), (sizes[0], sizes[1], sizes[2]), layer.name, layer.metadata)
    if data.ndim != 2:
        raise ImageError(f"the layer {layer.name} has {data.ndim} axes; choose one image or stack")
    return Micrograph(np.asarray(data), _pair(sizes), layer.name, layer.metadata)


def _image(image: Micrograph | Volume, sizes: VoxelSize) -> LayerData:
    shown = {"name": image.name, "metadata": dict(image.metadata)}
    if isinstance(image, Volume):
        return array_of(image), {**shown, **_scale(sizes)}, "image"
    return image.pixels, {**shown, **_scale(sizes[1:])}, "image"


def _points(columns: Columns, sizes: VoxelSize, name: str) -> LayerData:
    data, scale = columns.positions, _scale(sizes[1:])
    if "frame" in columns.labels:
        data, scale = np.column_stack([columns.labels["frame"], data]), _scale(sizes)
    shown = {
        "name": name,
        "features": {
            key: given for key, given in columns.table().items() if key not in _POSITIONS
        },
        "size": RING_SHARE * _spacing(columns),
        "symbol": "disc",
        "face_color": "transparent",
        "border_color": "red",
        **scale,
    }
    return data, shown, "points"


def _spacing(columns: Columns) -> float:
    """Typical distance of neighbours in the first frame [px]."""
    frames = columns.labels.get("frame")
    first = columns if frames is None or not len(columns) else columns[frames == frames.min()]
    span = np.ptp(first.positions, axis=0) if len(first) else np.ones(2)
    return typical_spacing(first.positions, tuple(np.maximum(span, 1).astype(int)))


def _columns(layer: Any, pixel_size: tuple[float, float] | None) -> Columns:
    data: NDArray[np.float64] = np.asarray(layer.data, np.float64)
    if data.shape[1] not in (2, 3):
        raise ImageError(f"the points {layer.name} have {data.shape[1]} axes, not 2 or 3")
    table: dict[str, NDArray[Any]] = {"y_px": data[:, -2], "x_px": data[:, -1]}
    for name, values in layer.features.items():
        found = values.to_numpy()
        table[str(name)] = found.astype(str) if found.dtype.kind == "O" else found
    if data.shape[1] == 3:
        table["frame"] = np.round(data[:, 0]).astype(np.intp)
    return Columns.from_table(table, pixel_size)


def _scale(sizes: tuple[float | None, ...]) -> dict[str, Any]:
    """Say the sizes along each axis [nm] as napari does; without a calibration in pixels."""
    return {
        "scale": [size or 1.0 for size in sizes],
        "units": ["nm" if size else "pixel" for size in sizes],
    }


def _pair(sizes: list[float | None]) -> tuple[float, float] | None:
    size_y, size_x = sizes[-2:]
    return None if size_y is None or size_x is None else (size_y, size_x)
