"""Settings of the steps that judge candidates; ``benchmarks/atoms/sensitivity.py`` varies each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NeighbourhoodSettings:
    """How the neighbourhoods of columns are compared.

    Parameters
    ----------
    match_distance
        A neighbour is found if something lies within this distance of where it would be
        [typical spacings].
    neighbours
        Number of nearest neighbours that make a neighbourhood: with fewer confident candidates
        nothing is said about a lattice.
    compared
        Number of nearest columns whose neighbourhoods are compared with that of a column.
    cells_per_distance
        Number of cells of the look-up grid in one match distance.
    most_cells
        Number of cells that the look-up grid has at most, to bound its memory.
    """

    match_distance: float = 0.2
    neighbours: int = 10
    compared: int = 40
    cells_per_distance: int = 3
    most_cells: int = 20_000_000


@dataclass(frozen=True)
class SupportSettings:
    """How the lattice support of a candidate is measured.

    Parameters
    ----------
    faint_share
        Candidates whose signal to noise is below this share of that of confident ones support
        no other: otherwise ghosts between bright columns would support each other.
    references
        Number of confident candidates whose vectors to a place are followed elsewhere.
    chance_columns
        The support that chance gives counts like this many columns.
    same_kind_share
        What has less than this share of the signal to noise of the candidate found elsewhere is
        another kind of column: otherwise a whole crystal would support the noise at a vacancy.
    same_kind_margin
        Signal to noise that is granted to the candidate besides, as noise may lower its own.
    """

    faint_share: float = 0.3
    references: int = 8
    chance_columns: float = 0.5
    same_kind_share: float = 0.5
    same_kind_margin: float = 2.0


@dataclass(frozen=True)
class MissingSiteSettings:
    """When a column is missing for a crystal to continue.

    Parameters
    ----------
    votes
        Sum of the similarities, each from 0 to 1, of the columns that expect a column at a site.
    clearance
        No candidate lies nearer to a missing site than this [typical spacings].
    support_share
        A column there would have at least this share of the lattice support of confident ones:
        the columns of a honeycomb are nearly alike, but vectors between those of one kind lead
        from those of the other to an empty ring.
    """

    votes: float = 0.3
    clearance: float = 0.5
    support_share: float = 0.5


@dataclass(frozen=True)
class SublatticeSettings:
    """When a crystal has a sublattice of faint columns.

    Parameters
    ----------
    proposed
        Sites are fitted if the mean confidence of the network at them is this.
    sure_snr, confidence
        Of columns that stand out by these signals to noise the network has these mean
        confidences at least, as it overlooks faint ones, but not bright ones.
    snr, pooled_snr
        Mean signal to noise of what is fitted there, and the same times the square root of their
        number.
    seen, bright_share
        Bright columns are those with this confidence, and at least this share of the upper
        quartile of the signal to noise of all of that confidence.
    references
        Number of columns whose vectors to a site are followed elsewhere.
    alike
        Columns count whose neighbourhoods have at least this share of the highest similarity.
    clearance
        No candidate lies nearer to such a site than this [typical spacings].
    apart
        Of faint candidates that are nearer to each other than this only that of the highest
        confidence is of a sublattice [typical spacings].
    reach
        And no site farther than this from the nearest column [typical spacings].
    votes
        Sum of the similarities, each from 0 to 1, of the columns that expect a column at a site.
    rounds
        Number of times that what was measured at a site is shared with the sites that repeat it,
        so that a sublattice is there evenly or not at all.
    steepest
        The logarithm of the odds of a column at a site rises with its signal to noise as steeply
        as the sublattice's own signal to noise, but no more steeply than this.
    occupied_odds
        Logarithm of the odds of a site being occupied.
    faintest, empty_repeats
        A site is empty if it was measured so many times, and its mean signal to noise is below
        `snr`, and below this share of that of the bright columns. It is above zero in empty sites
        too, as candidates are where noise is high.
    standing_out
        What lies at an empty site is a column, as likely as not, from this signal to noise on.
    """

    proposed: float = 0.06
    sure_snr: tuple[float, float] = (4.0, 9.0)
    confidence: tuple[float, float] = (0.09, 0.2)
    snr: float = 1.5
    pooled_snr: float = 6.0
    seen: float = 0.5
    bright_share: float = 0.6
    references: int = 2
    alike: float = 0.5
    clearance: float = 0.45
    apart: float = 0.36
    reach: float = 1.2
    votes: float = 0.3
    rounds: int = 4
    steepest: float = 3.0
    occupied_odds: float = 3.5
    faintest: float = 0.1
    empty_repeats: float = 8.0
    standing_out: float = 4.0


@dataclass(frozen=True)
class LikenessSettings:
    """When a candidate is as strong as the columns around it.

    Parameters
    ----------
    support
        Lattice support of the columns with which a candidate is compared.
    neighbours
        Number of these columns, at most: the nearest ones.
    reach
        They lie within this distance [spacings of such columns].
    widest_gap
        And on all sides, with no wider angle between two of them than this [rad].
    apart
        No other candidate lies nearer than this: parts of one column are none [spacings].
    noise
        Signal to noise that noise may add to a candidate.
    unlike, alike
        Shares of the signal to noise of the columns around it, up to which a candidate is not
        like them at all, and from which on it is.
    """

    support: float = 0.2
    neighbours: int = 12
    reach: float = 2.5
    widest_gap: float = 2.6
    apart: float = 0.6
    noise: float = 2.0
    unlike: float = 0.3
    alike: float = 0.7


@dataclass(frozen=True)
class MeanColumnSettings:
    """How the mean column of an image is measured.

    Parameters
    ----------
    reach
        What lies within this distance of a column along y or x is part of the mean [widths].
    fewest, most
        With fewer columns nothing is said, and of more than so many some are left out.
    finest_detail
        Detail is finer than a probe leaves beyond this frequency [1/widths]: a Gaussian column
        has 0.7 % of its power there.
    highest_frequency
        Unless that is beyond what pixels show [1/px].
    smoothing
        Standard deviation of a Gaussian that takes noise from it, before its fall is measured
        [widths].
    near, far
        Radii of the circles on which it is measured how far it has fallen [widths].
    """

    reach: float = 3.0
    fewest: int = 8
    most: int = 600
    finest_detail: float = 0.5
    highest_frequency: float = 0.42
    smoothing: float = 0.35
    near: float = 0.7
    far: float = 2.0


@dataclass(frozen=True)
class SpotSettings:
    """How spots are measured where nothing repeats.

    Parameters
    ----------
    standing_out
        A spot stands out of its surroundings by more than this [robust standard deviations].
    peak_side
        And is the highest pixel of a square of this side [binned px].
    ring_side, ring_depth
        A dark spot does not count if it stands out by less than the share `ring_depth` of what
        the brightest pixel does in a square of this side around it [binned px].
    by_chance
        So many spots of either kind are added before they are compared.
    fewest
        With fewer bright spots nothing is said of their profiles.
    profile
        What is nearer to a spot than this is its profile [binned px].
    texture
        What stands out by more than this is not of the texture [robust standard deviations].
    """

    standing_out: float = 4.0
    peak_side: int = 5
    ring_side: int = 13
    ring_depth: float = 0.35
    by_chance: float = 2.0
    fewest: int = 4
    profile: float = 2.6
    texture: float = 3.5


@dataclass(frozen=True)
class FringeSettings:
    """Where it is looked whether an image changes along one direction only.

    Parameters
    ----------
    neighbours
        The mean is over the surroundings of so many columns that lie next to each other.
    places
        So many such means are made all over the image, or up to twice as many.
    sampling
        Images are binned as long as columns stay as far apart as this [px].
    blur
        Standard deviation with which grains are blurred [spacings].
    inner, outer
        Surroundings lie between these distances [spacings]: the column itself, which noise has
        chosen for its brightness, does not belong to them.
    """

    neighbours: int = 24
    places: int = 32
    sampling: float = 8.0
    blur: float = 0.15
    inner: float = 0.7
    outer: float = 1.8


@dataclass(frozen=True)
class AtomicSettings:
    """What speaks for an image of atom columns; how much it counts stands in a model's card.

    Each piece of evidence counts no less and no more than two limits, which it takes where it is
    not known and says nothing.

    Parameters
    ----------
    strongest
        This share of the pixels stands out most.
    at_column
        They are at a column within this distance of it [widths].
    fewest
        With fewer columns nothing is said of how their widths differ.
    flat, pointed
        Limits of the pointedness of the mean column.
    oblong, round
        Of its roundness.
    blurred, sharp
        Of the share of its power that is finer than a probe leaves.
    supported
        Upper limit of the lattice support, which says as much as that all is explained.
    even, uneven
        Limits of the standard deviation of the logarithm of the widths.
    least_spread, most_spread
        Of the standard deviation of the logarithm of how far bright spots stand out: atoms of two
        elements, in pairs and in clusters have the lower one, stars more.
    several
        More bright spots than this are not few.
    round_spot
        Upper limit of the roundness of spots; the lower is `oblong`.
    alike, unlike
        Limits of their unlikeness.
    finest, coarse
        Of their coarseness.
    narrowest
        Where nothing repeats, spots of a smaller standard deviation are single pixels [px]: hot
        ones, or electrons. Of 273 images of single atoms the narrowest ones have 0.68.
    anisotropic
        Where the surroundings of columns change along one direction only to a larger share, they
        are grains on fringes: these have 0.92 and more, and no lattice has more than 0.6.
    doubtful
        Odds of any of these being atoms, as a share of the odds otherwise; and of dark spots where
        nothing repeats and the size of the pixels is not known.
    """

    strongest: float = 0.03
    at_column: float = 1.5
    fewest: int = 3
    flat: float = 0.08
    pointed: float = 0.18
    oblong: float = 0.0
    round: float = 0.5
    blurred: float = 0.03
    sharp: float = 0.18
    supported: float = 0.5
    even: float = 0.02
    uneven: float = 0.15
    least_spread: float = 0.25
    most_spread: float = 0.6
    several: int = 8
    round_spot: float = 0.65
    alike: float = 0.13
    unlike: float = 0.3
    finest: float = -0.2
    coarse: float = 0.05
    narrowest: float = 0.5
    anisotropic: float = 0.8
    doubtful: float = 0.1


@dataclass(frozen=True)
class JudgeSettings:
    """Settings of all steps that judge candidates.

    Parameters
    ----------
    neighbourhoods, support, missing_sites, sublattices, likeness
        One for each step that judges columns.
    mean_column, fringes, spots, atomic
        One for each step that judges the image.
    """

    neighbourhoods: NeighbourhoodSettings = NeighbourhoodSettings()
    support: SupportSettings = SupportSettings()
    missing_sites: MissingSiteSettings = MissingSiteSettings()
    sublattices: SublatticeSettings = SublatticeSettings()
    likeness: LikenessSettings = LikenessSettings()
    mean_column: MeanColumnSettings = MeanColumnSettings()
    fringes: FringeSettings = FringeSettings()
    spots: SpotSettings = SpotSettings()
    atomic: AtomicSettings = AtomicSettings()


JUDGE_DEFAULTS = JudgeSettings()
