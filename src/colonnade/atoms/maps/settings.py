"""The constants of maps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LatticeSettings:
    """How the translations of a crystal are found among its columns.

    Parameters
    ----------
    compared
        Columns from which vectors to others are gathered, at most.
    reach
        Longest translation, in distances between neighbours.
    match_distance
        How far from where a translation leads a column may lie, in distances between neighbours.
    bins
        Of the histogram of vectors, in a distance between neighbours.
    nearly_best
        Support of a translation, or of a pair of them, as a share of the best one's.
    alike
        How much more than those of the best translation the intensities of the columns that one
        connects may differ.
    least_difference
        Differences of the logarithm of intensities up to this are none.
    together
        Columns whose translations are compared with those around them.
    smallest_grain
        Share of the image that the largest grain has at least.
    same_area
        Ratio of the areas of two cells that are of one size.
    shortest
        Translations, shortest first, of which a cell is chosen.
    least_angle
        Between the sides of a cell [degrees].
    least_columns
        Fewer have no lattice.
    least_share
        Columns of the smallest sublattice, as a share of those of the largest.
    far
        Few columns that are farther from the lattice are none of it, in its longest side.
    beside
        Share of a sublattice's columns that have one of the largest where the cell has one.
    """

    compared: int = 800
    reach: float = 16.0
    match_distance: float = 0.25
    bins: float = 12.0
    nearly_best: float = 0.75
    alike: float = 1.6
    least_difference: float = 0.03
    together: int = 20
    smallest_grain: float = 0.25
    same_area: float = 1.15
    shortest: int = 16
    least_angle: float = 25.0
    least_columns: int = 12
    least_share: float = 0.08
    far: float = 1.3
    beside: float = 0.6


LATTICE = LatticeSettings()
"""The constants with which translations are found."""


@dataclass(frozen=True)
class StrainSettings:
    """How strain is measured.

    Parameters
    ----------
    reach
        Columns so near are fitted together, in sides of a square as large as the cell.
    of_longest
        They are at least so near, in the longest side of the cell.
    most_moved
        What two columns are moved against each other beyond which they belong to different parts
        of a crystal, in the shortest side of the cell.
    """

    reach: float = 2.2
    of_longest: float = 1.15
    most_moved: float = 0.4


STRAIN = StrainSettings()
"""The constants with which strain is measured."""


@dataclass(frozen=True)
class DistortionSettings:
    """How scan distortion is measured.

    Parameters
    ----------
    most_nodes
        Of a curve; between nodes it is straight.
    spacings
        Distance of nodes, in distances between neighbouring columns.
    smoothness
        Weights of the curves' bends that are tried, over those of the data.
    gate
        How far apart a column may lie in two scans, in distances between neighbours.
    in_common
        Share of columns that both scans must show.
    """

    most_nodes: int = 150
    spacings: float = 0.5
    smoothness: tuple[float, ...] = tuple(10.0**power for power in range(-2, 6))
    gate: float = 0.5
    in_common: float = 0.5


DISTORTION = DistortionSettings()
"""The constants with which scan distortion is measured."""


@dataclass(frozen=True)
class GpaSettings:
    """How geometric phase analysis filters fringes.

    Parameters
    ----------
    cells
        Standard deviation of the Gaussian that is averaged over, in sides of a square as large as
        the cell.
    order
        Highest order of the reflections.
    least_sine
        Of the angle between the two reflections.
    least_power
        Of the second, as a share of the first.
    least_amplitude
        Fringes fainter than this share of the usual are none.
    margin
        Distance from the border within which nothing is measured, in standard deviations.
    """

    cells: float = 0.9
    order: int = 3
    least_sine: float = 0.4
    least_power: float = 0.02
    least_amplitude: float = 0.25
    margin: float = 2.0


GPA = GpaSettings()
"""The constants with which fringes are filtered."""


@dataclass(frozen=True)
class GrainSettings:
    """How grains are told apart.

    Parameters
    ----------
    least_columns
        Of a grain.
    least_share
        Columns of a grain, as a share of all.
    near
        How far a column may lie from where a translation leads, in that translation's length.
    repeats
        Of the four nearest repeats of a column, those that must be there.
    touching
        Columns this near touch, in distances between neighbours.
    alike
        Lattices that differ by less than this share of their sides, when one is turned to the
        other, are of one kind: distortion of the scan makes those of one crystal differ.
    equivalent
        Turns whose misfits differ by less are equally good.
    angle
        Angles that differ by less are one [degrees].
    """

    least_columns: int = 12
    least_share: float = 0.02
    near: float = 0.15
    repeats: int = 2
    touching: float = 1.6
    alike: float = 0.15
    equivalent: float = 0.03
    angle: float = 3.0


GRAINS = GrainSettings()
"""The constants with which grains are told apart."""
