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
class CageSettings:
    """What belongs to the cage around a column.

    Parameters
    ----------
    as_near
        Columns up to so many times as far away as the nearest belong to the cage.
    off_centre
        How far the middle of a cage may be from the site in it, in distances to its corners;
        beyond, the site is beside it.
    corner_off
        How far a corner may be from where it is expected, in distances to the nearest corner.
    """

    as_near: float = 1.3
    off_centre: float = 0.3
    corner_off: float = 0.3


CAGES = CageSettings()
"""The constants with which cages are found."""


@dataclass(frozen=True)
class ProposalSettings:
    """How crystals are compared with a measured lattice.

    Parameters
    ----------
    shear, scale
        What scans and calibrations usually stretch a cell by, in one direction and in both, as a
        share.
    site
        What columns usually are from their sites, in distances between columns.
    brightness
        What intensities usually are from what they should be, as a logarithm.
    fits
        Largest misfit of a crystal that is proposed.
    as_good
        Crystals whose misfit is larger than that of the best by no more are proposed beside it.
    resolved
        Columns that are nearer to each other are seen as one; if nearer ones were measured, those
        nearer than 0.6 of their distance [nm].
    much_fainter, unseen
        Columns may be unseen that are fainter than those that are seen by the first factor, and
        than the brightest by the second.
    thicknesses
        Of crystals for which intensities are computed [nm].
    """

    shear: float = 0.02
    scale: float = 0.04
    site: float = 0.04
    brightness: float = 0.3
    fits: float = 3.0
    as_good: float = 1.0
    resolved: float = 0.08
    much_fainter: float = 0.6
    unseen: float = 0.35
    thicknesses: tuple[float, ...] = (2.0, 5.0, 10.0, 20.0, 40.0)


PROPOSALS = ProposalSettings()
"""The constants with which crystals are proposed."""


@dataclass(frozen=True)
class NeighbourSettings:
    """Which columns are neighbours.

    Parameters
    ----------
    widest
        Two columns are none if a third one sees them under a larger angle [degrees]: half way
        between the corner of a square, whose diagonals are no bonds, and that of a triangle.
    longest
        Neighbours are no farther apart, in medians of all distances between neighbours.
    gap
        Radius of an empty circle through three columns, in medians of all such, beyond which they
        lie at a border; that of a single vacancy is twice the median at most.
    """

    widest: float = 75.0
    longest: float = 2.0
    gap: float = 2.5


NEIGHBOURS = NeighbourSettings()
"""The constants with which neighbours are found."""


@dataclass(frozen=True)
class SpacingSettings:
    """How the pair distribution is taken.

    Parameters
    ----------
    step, farthest
        Width of its bins, and how far it reaches, in distances between neighbours.
    least_peak
        How high a peak rises at least, above nothing and above its surroundings.
    least_columns
        Fewer have none.
    """

    step: float = 0.03
    farthest: float = 6.0
    least_peak: float = 1.0
    least_columns: int = 12


SPACINGS = SpacingSettings()
"""The constants with which the pair distribution is taken."""


@dataclass(frozen=True)
class CountSettings:
    """How atoms are counted.

    Parameters
    ----------
    most_groups
        Different numbers of atoms, at most.
    order
        Of the polynomial through nothing that the values of 1, 2, 3 … atoms lie near.
    first_width
        Of the components, where a fit begins, in values of an atom.
    loose
        How far means are from that curve, in what one more atom adds there.
    least_held
        Share of the components between the fewest and the most atoms that hold columns.
    least_width
        Of a component, in values of an atom.
    least_rise
        By what one more atom raises the value at least, in what the first one does.
    iterations, gain
        A fit ends after so many, or where one raises the logarithm of the likelihood by less.
    least_columns
        Fewer cannot be counted.
    sure
        Share of the columns whose count is right, as the mixture has it, from which atoms can be
        counted; and below which components overlap too much.
    as_good
        Difference of the criterion up to which another count may as well be.
    thin
        Where the thinnest columns have more atoms, nothing says where the count begins.
    """

    most_groups: int = 30
    order: int = 3
    first_width: float = 0.3
    loose: float = 0.1
    least_held: float = 0.6
    least_width: float = 0.02
    least_rise: float = 0.2
    iterations: int = 60
    gain: float = 0.01
    least_columns: int = 20
    sure: float = 0.7
    as_good: float = 6.0
    thin: int = 2


COUNTS = CountSettings()
"""The constants with which atoms are counted."""


@dataclass(frozen=True)
class VacancySettings:
    """How empty sites and columns beside the lattice are judged.

    Parameters
    ----------
    around
        Of the eight sites around an empty one, occupied ones that make it one inside a crystal.
    taken
        A site is not empty if a column is nearer, in distances between neighbours.
    alongside
        Of the six columns nearest to one of no sublattice, those of the lattice that make it one
        inside a crystal.
    reach
        Pixels so near to a site say what is there, in widths of a column.
    missed_snr
        Signal to noise at which a column is missed half of the time, where there is no image.
    prior
        Probability of a vacancy where no column was found, before the image is looked at.
    """

    around: int = 6
    taken: float = 0.45
    alongside: int = 5
    reach: float = 2.0
    missed_snr: float = 3.0
    prior: float = 0.5


VACANCIES = VacancySettings()
"""The constants with which vacancies are judged."""


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
