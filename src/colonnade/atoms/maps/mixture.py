"""A mixture of Gaussians whose means follow the number of atoms, and how many there should be."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from colonnade.atoms.maps.settings import COUNTS, CountSettings
from colonnade.core.arrays import Array, Indices


@dataclass(frozen=True, eq=False)
class Mixture:
    """Components of one width, one for each number of atoms.

    Parameters
    ----------
    atoms
        Numbers of atoms, each one more than the last.
    mean
        Value of a column with so many, a smooth curve through nothing for none.
    width
        Standard deviation of all components.
    share
        Of the columns, in each component.
    criterion
        Integrated classification likelihood: the lower, the better.
    """

    atoms: Indices
    mean: Array
    width: float
    share: Array
    criterion: float

    def probabilities(self, values: Array) -> Array:
        """Probability of each component for each value, rows of a sum of 1."""
        logarithm = self.densities(values)
        return np.asarray(np.exp(logarithm - logsumexp(logarithm, axis=1, keepdims=True)))

    def densities(self, values: Array) -> Array:
        """Logarithm of each component's share of the density at each value."""
        off = (values[:, None] - self.mean) / self.width
        with np.errstate(divide="ignore"):
            share = np.log(self.share)
        return np.asarray(share - off**2 / 2 - np.log(self.width * np.sqrt(2 * np.pi)))


def fit_mixture(values: Array, settings: CountSettings = COUNTS) -> list[Mixture]:
    """Fit mixtures with every step between numbers of atoms that may be, the best first.

    Parameters
    ----------
    values
        Of the columns; positive.
    settings
        What may be.
    """
    low, high = values.min(), values.max()
    fitted = []
    for step in np.geomspace(high / settings.most_atoms, high, settings.steps):
        atoms = np.arange(max(1, int(low / step)), int(np.ceil(high / step)) + 2)
        mixture = _converged(values, atoms, step, settings)
        if mixture is not None:
            fitted.append(mixture)
    return sorted(fitted, key=lambda each: each.criterion)


def _converged(
    values: Array, atoms: Indices, step: float, settings: CountSettings
) -> Mixture | None:
    """Maximise the likelihood from a step between numbers of atoms; None if it runs away."""
    power = atoms[:, None] ** np.arange(1.0, settings.order + 1)
    mean, width = step * atoms, settings.first_width * step
    mixture = Mixture(atoms, mean, width, np.full(len(atoms), 1 / len(atoms)), np.inf)
    last = -np.inf
    for _ in range(settings.iterations):
        densities = mixture.densities(values)
        total = logsumexp(densities, axis=1)
        weight = np.exp(densities - total[:, None])
        count = weight.sum(axis=0)
        centre = weight.T @ values
        # Means are weighted least squares through nothing, in powers of the number of atoms.
        root = np.sqrt(count)[:, None]
        target = centre / np.maximum(np.sqrt(count), 1e-150)
        mean = power @ np.linalg.lstsq(root * power, target, rcond=1e-10)[0]
        width = np.sqrt((weight * (values[:, None] - mean) ** 2).sum() / len(values))
        if np.diff(mean, prepend=0.0).min() < settings.least_rise * step or not width > 0:
            return None
        mixture = Mixture(atoms, mean, float(width), count / len(values), np.inf)
        if total.sum() - last < settings.gain:
            break
        last = total.sum()
    return _trimmed(values, mixture, settings)


def _trimmed(values: Array, mixture: Mixture, settings: CountSettings) -> Mixture:
    """Leave out the components below the fewest and above the most atoms, and judge the rest."""
    used = np.flatnonzero(mixture.share * len(values) >= 0.5)
    kept = slice(used[0], used[-1] + 1)
    share = mixture.share[kept] / mixture.share[kept].sum()
    least = Mixture(mixture.atoms[kept], mixture.mean[kept], mixture.width, share, np.inf)
    densities = least.densities(values)
    total = logsumexp(densities, axis=1)
    chance = np.exp(densities - total[:, None])
    entropy = -np.sum(chance * np.log(np.maximum(chance, 1e-300)))
    free = len(share) - 1 + settings.order + 1
    criterion = -2 * total.sum() + free * np.log(len(values)) + 2 * entropy
    return Mixture(least.atoms, least.mean, least.width, share, float(criterion))
