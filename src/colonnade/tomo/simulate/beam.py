"""Project a specimen along a tilted beam, by rays through its samples.

This is Joseph's method (IEEE Trans. Med. Imaging 1, 192, 1982): a ray takes from each row of
samples that it crosses what linear interpolation gives there. Reconstructions project in another
way and on a coarser grid, so that they cannot undo exactly what was done here.
"""

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from colonnade.core.arrays import Array, Single
from colonnade.tomo.simulate.phantoms.phantom import Grid, Phantom
from colonnade.tomo.simulate.render import FINENESS, STEP, Rendered, render


def expose(
    phantom: Phantom, size: tuple[int, int, int], angles: Array, border: int, offset: float
) -> tuple[Single, Single]:
    """Give fine views (view, y, x) of a specimen and its true volume (z, y, x).

    A pixel of a view is `FINENESS` fine ones wide and high.

    Parameters
    ----------
    phantom
        The specimen.
    size
        Of the volume [px].
    angles
        Tilts [degrees]; at 0 the beam runs along z.
    border
        How far the views go on beyond the volume along y and along x [px].
    offset
        Where the tilt axis is, from the middle of the views [px].
    """
    views, truth = [], []
    for rows in render(phantom, size, border, float(np.abs(angles).max())):
        views.append(_project(rows, angles, border, offset))
        truth.append(rows.truth)
    inner = slice(border, border + size[1])
    return np.concatenate(views, axis=1), np.concatenate(truth, axis=1)[:, inner]


def _project(rendered: Rendered, angles: Array, border: int, offset: float) -> Single:
    """Give the fine views of some rows."""
    count = FINENESS * (rendered.width + 2 * border)
    rays = np.asarray(STEP * (np.arange(count) - (count - 1) / 2), np.float64)
    columns = rendered.samples.reshape(-1, rendered.samples.shape[2])
    views = np.empty((len(angles), columns.shape[1], count), np.float32)
    for view, angle in zip(views, np.deg2rad(angles), strict=True):
        view[:] = (_rays(rendered.grid, float(angle), rays, offset) @ columns).T
    return views


def _rays(grid: Grid, angle: float, rays: Array, offset: float) -> Any:
    """Give the matrix that integrates slices along rays [grey levels times px]."""
    cosine, sine = np.cos(angle), np.sin(angle)
    from_axis = (rays - offset)[:, None]
    depth, width = grid.shape
    rows, columns = (np.arange(count, dtype=np.int32) for count in grid.shape)
    if abs(cosine) >= abs(sine):
        place = offset + (from_axis - grid.z * sine) / cosine - grid.x[0]
        length, stride, start = width, 1, width * rows
    else:
        place = (from_axis - (grid.x - offset) * cosine) / sine - grid.z[0]
        length, stride, start = depth, width, columns
    place = (place / grid.step).astype(np.float32)
    lower = np.floor(place)
    weights = np.empty((*place.shape, 2), np.float32)
    weights[..., 1] = place - lower
    weights[..., 0] = 1 - weights[..., 1]
    weights *= np.float32(grid.step / max(abs(cosine), abs(sine)))
    samples = np.empty(weights.shape, np.int32)
    for side in (0, 1):
        number = lower.astype(np.int32) + side
        weights[..., side] *= (number >= 0) & (number < length)
        samples[..., side] = number.clip(0, length - 1) * stride + start
    ends = np.arange(len(rays) + 1, dtype=np.int32) * (samples.size // len(rays))
    shape = (len(rays), depth * width)
    return csr_array((weights.ravel(), samples.ravel(), ends), shape=shape)


def binned(views: Single) -> Single:
    """Give views whose pixels show the mean of fine ones."""
    count, height, width = views.shape
    blocks = views.reshape(count, height // FINENESS, FINENESS, width // FINENESS, FINENESS)
    return np.asarray(blocks.mean((2, 4)), np.float32)
