"""What decides how regions are found, and how far their outlines may be wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RegionSettings:
    """How regions are found, parted and doubted; ``benchmarks/sem/particles.py`` varies them.

    Parameters
    ----------
    least_diameter
        Smaller regions, and smaller holes in regions, are none [px].
    neck
        Two parts that touch are two regions if their neck is narrower than this share of the
        narrower part's width...
    neck_range
        ... which might as well be so much more or less.
    least_depth
        A neck that is narrower than a part by no more than twice this is the roughness of pixels
        [px].
    ring
        The ground beside a region is told between these distances from its outline [px].
    edge_of_all
        Where between the ground and its own level a region's edge lies may be wrong by this
        standard deviation for all regions alike, as a share of their contrast...
    edge_of_each
        ... and by this one for each alone.
    edge_px
        However sharp edges are, they may lie aside by this standard deviation for all regions
        alike [px].
    draws
        So often are outlines drawn again with errors that the image may have.
    """

    least_diameter: float = 3.0
    neck: float = 0.8
    neck_range: float = 0.1
    least_depth: float = 0.75
    ring: tuple[float, float] = (2.0, 6.0)
    edge_of_all: float = 0.1
    edge_of_each: float = 0.1
    edge_px: float = 0.15
    draws: int = 200
