"""Settings of the registration of frames; ``benchmarks/atoms/film_settings.py`` varies each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RegistrationSettings:
    """How the frames of a series are brought to lie on each other.

    Parameters
    ----------
    memory
        A frame is first compared with the mean of about so many before it.
    alike
        A lattice fits itself at many shifts. Of all shifts at which the correlation reaches this
        share of its maximum, the one nearest to the shift of the frame before is taken.
    rigid_rounds
        The mean of all frames and their shifts are made from each other so often.
    row_rounds
        The mean of all frames and the shifts of their rows are made from each other so often.
    lags
        The shifts of rows up to so far apart tell how they move from row to row [px].
    reach
        Largest shift of a row against its frame that one round may find [px].
    covered
        The average is cut to the rows and columns that this share of the frames shows.
    """

    memory: float = 20.0
    alike: float = 0.85
    rigid_rounds: int = 2
    row_rounds: int = 2
    lags: int = 16
    reach: float = 2.0
    covered: float = 0.5


REGISTRATION_DEFAULTS = RegistrationSettings()
