"""Settings of the steps that find candidates; ``benchmarks/atoms/sensitivity.py`` varies each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BlobSettings:
    """How the blobs of a mask are delimited.

    Parameters
    ----------
    reach
        Pixels farther than this along y or x from a maximum of the mask are not part of its blob
        [binned px].
    contour
        A blob ends where the mask falls below this share of its maximum, or below Otsu's
        threshold where that is lower.
    fall
        Within its reach a blob falls below this share of its maximum; what does not is no blob.
    """

    reach: int = 4
    contour: float = 0.5
    fall: float = 0.6


@dataclass(frozen=True)
class CircleSettings:
    """How circles are found in the outline of a mask.

    Parameters
    ----------
    smallest_radius
        The radii that are compared begin here [binned px].
    radius_step
        And rise by this [binned px].
    votes
        Share of a circle's outline that has to vote for its centre.
    """

    smallest_radius: float = 0.75
    radius_step: float = 0.25
    votes: float = 0.35


@dataclass(frozen=True)
class ScaleSettings:
    """How the binning is chosen in which an image is shown to the network.

    Parameters
    ----------
    binnings
        What is compared where no pixel size is known [px].
    finest, coarsest
        Where it is, pixels are binned to sizes from the smallest that the network knows times
        `finest` to the largest times `coarsest`.
    trial_side
        Binnings are compared on the middle of the image, of this many pixels a side [binned px].
    trial_halo
        What the network is shown around it [binned px].
    search_halo
        What it is shown around each tile of a whole image [binned px]. It could use a little more,
        but what lies beyond this moves no confidence by more than a few thousandths.
    tolerance
        The finest binning is taken whose confidence is less than the best by no more than this
        share.
    densest
        More than this no network can be confident of in an area, as columns merge: coarser
        binnings that have no room for what a finer one shows are not compared [1/binned px²].
    fewest_confident
        Fewer confident candidates are no reason to split pixels, nor to take columns for dark.
    crowded
        Pixels are split in two where the typical spacing is smaller than this [px].
    split_gain
        And where that raises the confidence by this share.
    merge_distance
        Candidates of two scales that are nearer than this are the same [px of the coarser].
    least_confidence
        A finer scale is added if its confidence is at least this share of the coarser one's.
    most_doubtful
        And if no larger share of its candidates is not confident.
    quick_side
        In images of more pixels than this a side, of the finer scale, it has to show more as well
        [binned px].
    least_confidence_large
        There its confidence is at least this share of the coarser one's.
    least_gain_large
        And it shows this share of confident candidates more.
    """

    binnings: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12)
    finest: float = 0.8
    coarsest: float = 1.3
    trial_side: int = 224
    trial_halo: int = 16
    search_halo: int = 40
    tolerance: float = 0.07
    densest: float = 0.035
    fewest_confident: int = 10
    crowded: float = 8.0
    split_gain: float = 0.15
    merge_distance: float = 1.7
    least_confidence: float = 0.35
    most_doubtful: float = 0.6
    quick_side: int = 600
    least_confidence_large: float = 0.5
    least_gain_large: float = 0.05


@dataclass(frozen=True)
class ProminenceSettings:
    """How it is measured how far single atoms stand out of their surroundings.

    Parameters
    ----------
    widths
        Standard deviations of atoms that are looked for [binned px].
    window
        Side of the square that is the surroundings of a place [widths].
    ring
        Radius of the ring above which an atom stands [widths].
    higher
        So many of the eight points of the ring may be higher than the one above which it stands:
        neighbours lie there.
    smoothing
        Standard deviation of the filter before heights are compared [widths].
    least_spread
        Surroundings spread at least by this share of the standard deviation of the whole image.
    candidate
        Where nothing repeats, a peak is a candidate from this prominence on.
    same_spot
        A peak and a candidate that are nearer to each other than this are one [binned px].
    """

    widths: tuple[float, ...] = (1.25, 1.5, 2.0, 2.5)
    window: float = 64.0
    ring: float = 2.2
    higher: int = 2
    smoothing: float = 0.7
    least_spread: float = 0.03
    candidate: float = 2.5
    same_spot: float = 3.0


@dataclass(frozen=True)
class FindSettings:
    """Settings of all steps that find candidates.

    Parameters
    ----------
    scale, blobs, circles, prominence
        One for each step.
    """

    scale: ScaleSettings = ScaleSettings()
    blobs: BlobSettings = BlobSettings()
    circles: CircleSettings = CircleSettings()
    prominence: ProminenceSettings = ProminenceSettings()


FIND_DEFAULTS = FindSettings()
