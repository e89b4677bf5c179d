"""How far the outlines of tomograms may be wrong."""

from dataclasses import dataclass, field

from colonnade.core.measures.regions.settings import RegionSettings


@dataclass(frozen=True)
class MeasureSettings:
    """What ``benchmarks/tomo/tomogram_particles.py`` measured.

    Parameters
    ----------
    regions
        How regions are found.
    least_correlation
        Errors of voxels are like white noise filtered by a Gaussian of at least this deviation
        along each axis [px].
    stretched
        Volumes may be wrong by this standard deviation, as a share of what a point would be
        longer along z if nothing filled the missing wedge.
    """

    regions: RegionSettings = field(
        default_factory=lambda: RegionSettings(edge_of_all=0.1, edge_of_each=0.15, edge_px=0.15)
    )
    least_correlation: float = 1.0
    stretched: float = 0.3
