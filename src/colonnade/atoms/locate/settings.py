"""All settings of `locate` in one place, by the step that they belong to.

The defaults are what `colonnade locate` uses. ``benchmarks/atoms/sensitivity.py`` varies each of
them and prints what it moves.
"""

from dataclasses import dataclass, field

from colonnade.atoms.card import AtomsCard
from colonnade.atoms.locate.find.settings import FindSettings
from colonnade.atoms.locate.fit.settings import FitSettings, JitterSettings
from colonnade.atoms.locate.judge.settings import JudgeSettings
from colonnade.atoms.locate.polarity import PolaritySettings
from colonnade.atoms.network import NetworkSettings
from colonnade.core.learn.model import Model


@dataclass(frozen=True)
class Settings:
    """How columns are located.

    Parameters
    ----------
    network
        What the network's confidences mean; they belong to its weights.
    find
        How candidates are found.
    polarity
        When columns are taken for dark.
    jitter
        When rows are put back.
    fit
        How columns are fitted.
    judge
        How candidates are judged.
    """

    network: NetworkSettings = field(default_factory=NetworkSettings)
    find: FindSettings = field(default_factory=FindSettings)
    polarity: PolaritySettings = field(default_factory=PolaritySettings)
    jitter: JitterSettings = field(default_factory=JitterSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    judge: JudgeSettings = field(default_factory=JudgeSettings)


def settings_of(model: Model) -> Settings:
    """Give the settings of a model: the defaults, and what its card says of its confidences."""
    return Settings(network=AtomsCard.of(model.card).network)
