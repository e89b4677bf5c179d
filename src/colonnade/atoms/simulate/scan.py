"""How a scan goes wrong at atomic resolution."""

from dataclasses import dataclass

from colonnade.core.instrument.scan import Scan
from colonnade.core.work.draws import Range

COLUMN_HEIGHT = 0.05
"""Standard deviation of what the image of a column takes along y, about [nm]."""


@dataclass(frozen=True)
class StemScan(Scan):
    """Errors of the scan; each range is drawn from evenly."""

    jitter: Range = (0.0, 0.02)
    jitter_y: Range = (0.0, 0.02)
    humming: float = 0.2
    hum: Range = (0.0, 0.02)
    flyback: Range = (0.0, 0.05)
    drift: Range = (0.0, 0.2)
    wander: Range = (0.0, 0.02)
    shear: Range = (0.0, 0.02)
