"""Measure the particles or pores of a tomogram, and say what its missing wedge leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from colonnade.core.arrays import Array, Single
from colonnade.core.images.volume import Volume, VoxelSize
from colonnade.core.measures.regions.found import Regions
from colonnade.core.measures.regions.levels import HALF_WIDTHS, Levels
from colonnade.core.measures.regions.results import Kind, Results
from colonnade.core.measures.wedge import Wedge
from colonnade.tomo.measure.noise import empty_noise
from colonnade.tomo.measure.settings import MeasureSettings
from colonnade.tomo.measure.specimen import with_outside_filled
from colonnade.tomo.measure.wedge import elongation, open_shares


@dataclass(frozen=True, eq=False)
class Tomogram(Results):
    """Particles or pores of a tomogram.

    Parameters
    ----------
    surface
        Of all that are measured, in voxels as high and thick as wide [px of x].
    open_share
        Share of it whose normals no view measured; None where the tilts are not known.
    """

    surface: float = 0.0
    open_share: float | None = None

    def to_json(self) -> dict[str, object]:
        """Give what they say together as numbers and text."""
        unit = "nm2" if self.is_calibrated else "px"
        return {
            **super().to_json(),
            f"surface_{unit}": self.surface * self.pixel**2,
            "surface_open": self.open_share,
        }


def measure(
    volume: Volume,
    kind: Kind = "particles",
    *,
    angles: Sequence[float] | None = None,
    errors: Volume | None = None,
    settings: MeasureSettings | None = None,
) -> Tomogram:
    """Measure particles, which are brighter than what is around them, or pores in a specimen.

    Parameters
    ----------
    volume
        Grey levels (z, y, x); the views were tilted about y. All of it is in memory.
    kind
        What is measured.
    angles
        Tilts of the views [degrees]; without them nothing is said of the missing wedge.
    errors
        Half the width of a 90 % interval of each voxel; without it what varies in empty voxels
        says how far others may be wrong.
    settings
        How regions are found, and how far edges may be wrong.

    Returns
    -------
    tomogram
        Every particle or pore, its size along each axis, and what the missing wedge leaves open.
    """
    chosen = settings or MeasureSettings()
    grey = np.asarray(volume.voxels[:, :, :], np.float32)
    levels = _levels(grey, kind, errors, _spacing(volume.voxel_size), chosen)
    regions = Regions.of(levels, chosen.regions)
    columns, share = _widths(regions, 1.0), None
    notes = ["sizes along z may be too large, as it is not known which tilts were measured"]
    if angles is not None:
        wedge = Wedge.of(angles)
        longer = elongation(wedge)
        shares = open_shares(regions.segmentation, wedge)
        columns = {**_widths(regions, longer), "surface_open": shares}
        regions = regions.unsure(chosen.stretched * (longer - 1))
        measured = regions.measured
        weights = regions.shapes.outline[measured]
        share = float((shares[measured] * weights).sum() / max(float(weights.sum()), 1e-12))
        notes = [
            f"no view measured {share:.0%} of the surfaces, those across the beam; sizes along z "
            f"may be up to {longer:.2f} times too large"
        ]
    surface = float(regions.shapes.outline[regions.measured].sum())
    return Tomogram(
        name=volume.name,
        kind=kind,
        regions=regions,
        voxel_size=volume.voxel_size,
        trusted=errors is not None,
        columns=columns,
        notes=(*volume.metadata.get("notes", ()), *notes),
        surface=surface,
        open_share=share,
    )


def _levels(
    grey: Single,
    kind: Kind,
    errors: Volume | None,
    apart: tuple[float, ...],
    settings: MeasureSettings,
) -> Levels:
    sigma, correlation = empty_noise(grey)
    if errors is None:
        half_width = np.full(grey.shape, HALF_WIDTHS * sigma, np.float32)
    else:
        half_width = np.asarray(errors.voxels[:, :, :], np.float32)
    wide = tuple(max(one, settings.least_correlation) for one in correlation)
    if kind == "particles":
        return Levels(grey, half_width, wide, apart)
    filled, within, level = with_outside_filled(grey)
    field = within * float(np.prod(apart))
    return Levels(-filled, half_width, wide, apart, field=field, threshold=-level)


def _spacing(voxel_size: VoxelSize) -> tuple[float, ...]:
    along_x = voxel_size[2]
    return tuple(size / along_x if size and along_x else 1.0 for size in voxel_size)


def _widths(regions: Regions, longer: float) -> dict[str, Array]:
    """Give the size of each region in the plane, which is measured, and along z.

    Edges that lie aside make all sizes larger by as much; along z shapes may be stretched too.
    """
    along_z, along_y, along_x = regions.shapes.widths.T
    low, high = (end - regions.shapes.diameter for end in regions.diameters)
    across = np.sqrt(along_y * along_x)
    return {
        "in_plane_px": across,
        "in_plane_low_px": np.maximum(across + low, 0),
        "in_plane_high_px": across + high,
        "along_z_px": along_z,
        "along_z_low_px": np.maximum(along_z + low, 0) / longer,
        "along_z_high_px": along_z + high,
    }
