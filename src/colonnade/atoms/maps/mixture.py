"""A mixture of Gaussians whose means follow the number of atoms, and how many there should be."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls
from scipy.special import logsumexp

from colonnade.atoms.maps.settings import COUNTS, CountSettings
from colonnade.core.arrays import Array, Indices

WIDTH_TERMS = 3
"""Powers of the mean, from none on, that the square of a width is made of."""

ALIKE = 1e-6
"""Values that differ by less than this share are all the same."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """Components, one for each number of atoms.

    Parameters
    ----------
    atoms
        Numbers of atoms, each one more than the last.
    mean
        Value of a column with so many, near a smooth curve through nothing for none.
    width
        Standard deviation of each component; its square has a constant part, one that grows with
        the mean as the noise of electrons does, and one with the square of the mean.
    share
        Of the columns, in each component.
    criterion
        Integrated classification likelihood, and how far the means are from the curve: the lower,
        the better.
    """

    atoms: Indices
    mean: Array
    width: Array
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
    """Fit mixtures of every number of components, and of every first one that may be.

    Parameters
    ----------
    values
        Of the columns; positive.
    settings
        What may be.

    Returns
    -------
    mixtures
        Those that the fit converged to, the best first.
    """
    low, high = np.quantile(values, [0.005, 0.995])
    fitted = []
    most = settings.most_groups if high - low > ALIKE * high else 1
    for groups in range(1, most + 1):
        mean = np.linspace(low, high, groups) if groups > 1 else np.array([np.mean(values)])
        step = (high - low) / (groups - 1) if groups > 1 else mean[0]
        first = round(low / step)
        for fewest in {max(1, first + shift) for shift in (-1, 0, 1)}:
            atoms = np.arange(fewest, fewest + groups)
            mixture = _converged(values, atoms, np.asarray(mean), float(step), settings)
            if mixture is not None:
                fitted.append(mixture)
    return sorted(fitted, key=lambda each: each.criterion)


def _converged(
    values: Array, atoms: Indices, mean: Array, step: float, settings: CountSettings
) -> Mixture | None:
    """Maximise the likelihood from means that are a step apart; None if it runs away."""
    power = atoms[:, None] ** np.arange(1.0, settings.order + 1)
    width = np.full(len(atoms), settings.first_width * step)
    mixture = Mixture(atoms, mean, width, np.full(len(atoms), 1 / len(atoms)), np.inf)
    last = -np.inf
    for _ in range(settings.iterations):
        densities = mixture.densities(values)
        total = logsumexp(densities, axis=1)
        weight = np.exp(densities - total[:, None])
        count = np.maximum(weight.sum(axis=0), 1e-150)
        own = weight.T @ values / count
        error = mixture.width**2 / count
        loose = (settings.loose * _steps(mean, atoms)) ** 2
        curve = _smooth(power, own, error + loose)
        if _steps(curve, atoms).min() < settings.least_rise * step:
            return None
        # A mean is its columns' own, drawn to the curve as far as these leave it open.
        mean = (own * loose + curve * error) / (error + loose)
        square = (weight * (values[:, None] - mean) ** 2).sum(axis=0) / count
        width = _widths(mean, square, count, mixture.width)
        width = np.maximum(width, settings.least_width * step)
        mixture = Mixture(atoms, mean, width, count / len(values), np.inf)
        if total.sum() - last < settings.gain:
            break
        last = total.sum()
    return _trimmed(values, mixture, settings)


def _steps(mean: Array, atoms: Indices) -> Array:
    """What one more atom adds to each mean; to the first, its share of it."""
    return np.diff(mean, prepend=mean[0] * (1 - 1 / atoms[0]))


def _smooth(power: Array, values: Array, variance: Array) -> Array:
    """Values of a polynomial through nothing that is fitted to values."""
    weight = 1 / np.sqrt(variance)
    terms = np.linalg.lstsq(power * weight[:, None], values * weight, rcond=1e-10)[0]
    return np.asarray(power @ terms)


def _widths(mean: Array, square: Array, count: Array, before: Array) -> Array:
    """Widths whose squares are a sum of powers of the mean, none of them negative."""
    terms = (mean / mean.max())[:, None] ** np.arange(WIDTH_TERMS)
    # The error of a variance is the variance itself, times the root of two over the number.
    weight = np.sqrt(count) / before**2
    shares = nnls(terms * weight[:, None], square * weight)[0]
    return np.asarray(np.sqrt(terms @ shares))


def _trimmed(values: Array, mixture: Mixture, settings: CountSettings) -> Mixture | None:
    """Leave out the components below the fewest and above the most atoms, and judge the rest.

    None where few of the others hold columns: then the atoms are more than one at a time.
    """
    held = mixture.share * len(values) >= 0.5
    used = np.flatnonzero(held)
    kept = slice(used[0], used[-1] + 1)
    if held[kept].mean() < settings.least_held:
        return None
    share, width = mixture.share[kept] / mixture.share[kept].sum(), mixture.width[kept]
    least = Mixture(mixture.atoms[kept], mixture.mean[kept], width, share, np.inf)
    densities = least.densities(values)
    total = logsumexp(densities, axis=1)
    chance = np.exp(densities - total[:, None])
    entropy = -np.sum(chance * np.log(np.maximum(chance, 1e-300)))
    free = 2 * len(share) - 1 + WIDTH_TERMS
    loose = settings.loose * _steps(least.mean, least.atoms)
    power = least.atoms[:, None] ** np.arange(1.0, settings.order + 1)
    rough = (least.mean - _smooth(power, least.mean, loose**2)) / loose
    criterion = -2 * total.sum() + free * np.log(len(values)) + 2 * entropy + (rough**2).sum()
    return Mixture(least.atoms, least.mean, width, share, float(criterion))
