"""Settings of the steps that fit columns; ``benchmarks/atoms/sensitivity.py`` varies each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstWidthSettings:
    """How the width of the columns is guessed.

    Parameters
    ----------
    most_columns
        Number of columns that are averaged, at most.
    smallest, largest
        Limits of the widths that are compared [half typical spacings].
    count
        Number of the widths that are compared.
    """

    most_columns: int = 500
    smallest: float = 0.1
    largest: float = 0.6
    count: int = 24


@dataclass(frozen=True)
class NoiseSettings:
    """How the noise of an image is measured.

    Parameters
    ----------
    most_pixels
        Number of pixels in which the residuals are measured, at most.
    sorted_pixels
        Number of these, about, whose brightness parts the groups.
    levels
        Number of groups of pixels of similar brightness in which the residuals are measured.
    tiles
        Number of tiles along each axis in which they are measured; the median counts.
    outlying
        Residuals larger than this count less, in proportion [standard deviations].
    """

    most_pixels: int = 100_000
    sorted_pixels: int = 10_000
    levels: int = 16
    tiles: int = 6
    outlying: float = 4.0


@dataclass(frozen=True)
class SolverSettings:
    """How the normal equations of one step are solved.

    Parameters
    ----------
    steps
        Number of conjugate gradients, at most.
    gain_left
        They end when this share of the gain that was possible at the start is left.
    gain_left_per_column
        Or when this gain is left for each column [units of the noise].
    shared_columns
        Number of columns that the preconditioner takes for what all columns share.
    width_information
        Information on the usual width that it assumes, as a share of what the columns' widths are
        held by.
    """

    steps: int = 40
    gain_left: float = 5e-4
    gain_left_per_column: float = 2e-4
    shared_columns: int = 500
    width_information: float = 1e-3


@dataclass(frozen=True)
class JointSettings:
    """What one step of the joint fit may change, and what is known of widths and shape before.

    Parameters
    ----------
    reach
        A column is fitted up to this distance from its centre [widths].
    largest_move
        A column moves by no more than this along each axis [widths].
    largest_growth
        The logarithm of a width changes by no more than this.
    found_spread
        Standard deviation along each axis of where columns are about where the network found
        them, apart from what the noise of the image did to both [widths]
        (``benchmarks/atoms/found_places.py``, for this and the next three).
    agreeing_spread
        The same in an image in which the network and the fit agree [widths].
    disagreement
        Typical distance between the two up to which they agree, and that from which on they do
        not [standard errors of the fit].
    determined
        Places whose standard error is larger show neither [widths].
    fewest_compared
        Number of coordinates that show whether they agree, at least.
    width_spread
        Standard deviation of the logarithm of the columns' widths, before the image is known.
    smallest_width_spread, largest_width_spread
        Limits of that spread once it is measured.
    width_spread_prior
        The spread before counts like so many columns whose width is known.
    outlying_width
        Widths that are further off count as if by this [standard deviations].
    shape_prior
        Squared signal to noise at which a column gives as much information on the shape as was
        there before.
    """

    reach: float = 3.3
    largest_move: float = 0.5
    largest_growth: float = 0.2
    found_spread: float = 0.5
    agreeing_spread: float = 0.15
    disagreement: tuple[float, float] = (0.9, 1.1)
    determined: float = 0.4
    fewest_compared: int = 40
    width_spread: float = 0.03
    smallest_width_spread: float = 0.01
    largest_width_spread: float = 0.1
    width_spread_prior: float = 20.0
    outlying_width: float = 3.0
    shape_prior: float = 250.0


@dataclass(frozen=True)
class RefineSettings:
    """The steps of a joint fit, and its background.

    Parameters
    ----------
    farthest
        A column stays within this distance, along each axis, of where it was found [widths].
    background_step
        Under a crystal the background may bend at points this far apart [typical spacings].
    least_background_step
        These points are never nearer than this, and on a film as near [widths].
    rough_damping
        Damping of each step of a rough fit: the share by which the curvature is raised.
    first_damping
        Of each step before missed columns are looked for.
    final_damping
        Of each step after that.
    faint_snr
        Candidates whose signal to noise is below this by then are left out of the final steps:
        they could only take intensity from others.
    inseparable
        Of two candidates that are nearer to each other than this by then the lower is left out:
        no image tells such columns apart, and the two would share one [widths].
    """

    farthest: float = 1.0
    background_step: float = 3.0
    least_background_step: float = 6.0
    rough_damping: tuple[float, ...] = (0.1, 0.01)
    first_damping: tuple[float, ...] = (0.1, 0.01, 0.001)
    final_damping: tuple[float, ...] = (0.01, 0.001, 0.001)
    faint_snr: float = 1.0
    inseparable: float = 1.0


@dataclass(frozen=True)
class ResidualPeakSettings:
    """Which peaks in the residuals of a fit are fitted as well.

    Parameters
    ----------
    snr
        Signal to noise from which a peak is not chance.
    clearance
        It is at least this far from every column that is fitted [widths].
    same_column
        Of the peaks nearer than this to the same column only one is fitted: a column that stands
        for two leaves a peak on either side [widths].
    """

    snr: float = 5.0
    clearance: float = 2.0
    same_column: float = 3.0


@dataclass(frozen=True)
class PartSettings:
    """How a large image is divided among several fits.

    Parameters
    ----------
    largest_side
        Rows and columns of a part, without its margin, at most [px].
    columns
        Number of columns in a part, about: enough to learn what they share.
    most_parts
        Number of parts, as long as none is too large: margins are fitted twice.
    margin
        Width of the margin [typical spacings, or two widths if that is more].
    """

    largest_side: int = 640
    columns: int = 1000
    most_parts: int = 8
    margin: float = 4.0


@dataclass(frozen=True)
class ErrorSettings:
    """How standard errors are worked out.

    Parameters
    ----------
    neighbours
        Number of neighbours with which the error of a column is worked out, at most.
    row_lag
        Residuals of rows this far apart may be correlated [px].
    learning_factor
        Errors of a fit that takes shape, usual width and noise from the image itself, relative to
        one that knows them (``benchmarks/atoms/limit.py``).
    systematic
        Distance of a peak from its column that no dose makes smaller, its standard deviation along
        each axis [widths] (``benchmarks/atoms/systematic_errors.py``).
    new_information
        Share of what the network's places say that the image does not say as well
        (``benchmarks/atoms/found_places.py``).
    """

    neighbours: int = 6
    row_lag: int = 2
    learning_factor: float = 1.05
    systematic: float = 0.01
    new_information: float = 0.05


@dataclass(frozen=True)
class MeasureSettings:
    """What is reported of each fitted column.

    Parameters
    ----------
    least_width
        Images are binned for the fit as long as columns stay at least this wide [px].
    double_snr
        Signal to noise of a column, and of its excess length, from which it may be two.
    double_ellipticity
        Ellipticity, beyond that of all columns, from which it may be two.
    """

    least_width: float = 1.3
    double_snr: float = 5.0
    double_ellipticity: float = 0.15


@dataclass(frozen=True)
class FitSettings:
    """Settings of all steps of the joint fit.

    Parameters
    ----------
    width, noise, solver, joint, refine, residual_peaks, parts, errors, measure
        One for each step.
    """

    width: FirstWidthSettings = FirstWidthSettings()
    noise: NoiseSettings = NoiseSettings()
    solver: SolverSettings = SolverSettings()
    joint: JointSettings = JointSettings()
    refine: RefineSettings = RefineSettings()
    residual_peaks: ResidualPeakSettings = ResidualPeakSettings()
    parts: PartSettings = PartSettings()
    errors: ErrorSettings = ErrorSettings()
    measure: MeasureSettings = MeasureSettings()


FIT_DEFAULTS = FitSettings()


@dataclass(frozen=True)
class JitterSettings:
    """When rows of an image are put back.

    Parameters
    ----------
    farthest
        A row is compared at shifts up to this [widths].
    farthest_px
        And no further than this [px].
    strip
        The middle of each row, of this length, is compared [px].
    tested_rows
        So many rows in the middle of an image say whether its rows are shifted at all.
    restlessness
        Rows are put back if their squared shifts are larger than noise makes them by this factor.
    edge
        Rows nearer than this to the border stay [widths].
    least_spread
        Rows whose shifts have a smaller standard deviation than this stay [px].
    reach
        Columns are drawn up to this distance from their centre [widths].
    background
        What varies over this length is background [widths].
    spread_rounds
        Number of times that the spread is taken from the shifts.
    corrections
        Number of times that rows are put back, at most.
    search_again
        If the shifts have a larger standard deviation than this, they may have hidden columns, and
        the image is searched again [widths].
    unknown_share
        Share of the mean shift of a column's rows that cannot be known: it looks like a column
        that stands elsewhere.
    """

    farthest: float = 3.0
    farthest_px: int = 24
    strip: int = 512
    tested_rows: int = 256
    restlessness: float = 4.0
    edge: float = 2.0
    least_spread: float = 0.35
    reach: float = 3.5
    background: float = 6.0
    spread_rounds: int = 3
    corrections: int = 3
    search_again: float = 0.3
    unknown_share: float = 0.84


JITTER_DEFAULTS = JitterSettings()
