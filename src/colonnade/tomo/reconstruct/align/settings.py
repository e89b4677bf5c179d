"""How a tilt series is aligned."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AlignSettings:
    """How a series is aligned."""

    longest: int = 128
    """Views are binned until no side is longer [px]."""
    finest: int = 256
    """In the last rounds they may be so long [px]."""
    widest: float = 12.0
    """Largest angle between the tilt axis and y that is tried first [degrees]."""
    angle_step: float = 3.0
    """From one angle that is tried to the next [degrees]."""
    bands: int = 24
    """Bands of rows that are reconstructed..."""
    fine_bands: int = 16
    """... and in the last rounds."""
    rounds: int = 12
    """Most rounds of reprojection."""
    fine_rounds: int = 2
    """Rounds with longer views."""
    settled: float = 0.02
    """They end when the views move by less [px of the binned views]."""
    farthest: float = 4.0
    """A round moves a view no farther [px of the binned views]."""
    farthest_turn: float = 2.0
    """A round turns the axis no farther [degrees]."""
    longer: float = 4.0
    """A step of the angle is made longer at most so many times, where steps keep on alike."""
    patience: int = 3
    """Rounds that leave no smaller residual are the last after so many."""
    doubtful: float = 1.5
    """A residual of so many times the noise is worth a sentence..."""
    poor: float = 0.2
    """... if it is so large a share of the views, as no reconstruction is perfect,..."""
    uncertain: float = 0.15
    """... and so is a standard error of the shifts of more than this [px],..."""
    unsettled: float = 0.1
    """... and a last round that moves the views by more than this [px]."""
