"""Settings of how columns are followed; ``benchmarks/atoms/film_settings.py`` varies each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FollowSettings:
    """How columns are followed from frame to frame.

    Parameters
    ----------
    gate
        A column is no farther than this from where it was, once drift is taken out
        [typical spacings].
    recent
        It is expected at the mean of its last places, of about so many.
    chance
        A column that was missed for longer than the share of frames in which it is found makes
        likely, with this probability, is a new one when it comes back; frames that do not show
        its place do not count.
    gap
        It may always be missed in so many frames, one after the other.
    hop
        An atom hops no farther than this [typical spacings].
    pause
        It is found again after so many frames at most.
    lasting
        Only columns that were found in so many frames can have hopped.
    few
        Of a frame in which fewer columns were followed, the image tells the drift, as it does
        where it is surer than the columns.
    outlying
        A column that is so far from where it is expected counts half for the drift
        [standard deviations].
    rounds
        Rounds in which drift, places and what is outlying are found from each other.
    """

    gate: float = 0.35
    recent: float = 8.0
    chance: float = 1e-4
    gap: int = 5
    hop: float = 1.3
    pause: int = 5
    lasting: int = 3
    few: int = 4
    outlying: float = 2.5
    rounds: int = 6


FOLLOW_DEFAULTS = FollowSettings()
