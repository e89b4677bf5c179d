"""How far the outlines of scanning electron micrographs may be wrong."""

from dataclasses import dataclass, field

from colonnade.core.measures.regions.settings import RegionSettings


@dataclass(frozen=True)
class MeasureSettings:
    """What ``benchmarks/sem/particles.py`` measured.

    Parameters
    ----------
    regions
        How regions are found.
    upscaled_correlation
        Errors of an upscaled image are like white noise filtered by a Gaussian of this deviation
        [px of the measured image].
    upscaled_finest
        What is smaller than this in an upscaled image was not measured [px of the measured
        image].
    """

    regions: RegionSettings = field(default_factory=RegionSettings)
    upscaled_correlation: float = 1.0
    upscaled_finest: float = 1.5
