"""Ours: networks for super-resolution, with any model."""

from dataclasses import dataclass, field

from colonnade.core.arrays import Single
from colonnade.core.bench.methods import MethodError, UnsuitableImageError
from colonnade.core.learn.model import Model, shipped
from colonnade.sem.bench.case import MethodInput, Upscaling
from colonnade.sem.card import SemCard
from colonnade.sem.upscale.predict import predict

FAMILY = "light-x"
"""Name of the models that the package carries, up to their factor."""

PAPER = "paper-x4"
"""Name of the model with the network of SRGAN."""


@dataclass(frozen=True, eq=False)
class Ours:
    """One model; images of other factors are not for it.

    Parameters
    ----------
    model
        Upscales by its factor.
    """

    model: Model

    def run(self, given: MethodInput) -> Upscaling:
        """Upscale one image."""
        card = self.model.card
        if card.factor != given.factor:
            raise UnsuitableImageError(f"{card.name} upscales by {card.factor}")
        return upscaled(self.model, given.image)


def upscaled(model: Model, image: Single) -> Upscaling:
    """Upscale an image by the factor of a model, with its interval."""
    found = predict(model, image)
    return Upscaling(found.image, SemCard.of(model.card).interval_factor * found.half_width)


@dataclass(frozen=True, eq=False)
class Packaged:
    """The models that the package carries, each for its factor.

    Parameters
    ----------
    models
        Those that are loaded already, by their factors.
    """

    models: dict[int, Ours] = field(default_factory=dict)

    def run(self, given: MethodInput) -> Upscaling:
        """Upscale one image."""
        name = f"{FAMILY}{given.factor}"
        if given.factor not in self.models:
            if name not in shipped():
                raise UnsuitableImageError(f"the package carries no {name}")
            self.models[given.factor] = Ours(Model.load(name))
        return self.models[given.factor].run(given)


def default(argument: str) -> Packaged | Ours:
    """Make the method ready; what stands behind the colon is a model other than the package's."""
    return _loaded(argument) if argument else Packaged()


def paper(argument: str) -> Ours:
    """Make SRGAN ready: ``paper:FILE`` names a model with its network, if the package has none."""
    if not argument and PAPER not in shipped():
        raise MethodError(
            "the package carries no model with the network of SRGAN; train one by "
            "colonnade train sem --recipe sem-paper-x4.toml, and write paper:FILE"
        )
    return _loaded(argument or PAPER)


def _loaded(name: str) -> Ours:
    model = Model.load(name)
    SemCard.of(model.card)
    return Ours(model)
