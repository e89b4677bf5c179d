"""Single atoms: in pairs and clusters, of two elements, uneven, and on the move."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from colonnade.atoms.simulate.specimen.atoms import ELEMENTS, PROBED, Atoms, lay_atoms
from colonnade.atoms.simulate.specimen.stacks import NEIGHBOURS, Stacks
from colonnade.core.errors import RecipeError
from colonnade.core.work.draws import Draws

EXPONENT = 1.7
CORNERS = (np.zeros(2), np.array([30.0, 40.0]))
AREA = 1200.0


def laid(density: float = 0.02, seed: int = 0, **how: object) -> Stacks:
    """Atoms so far apart that those which are near belong together."""
    draws = Draws(np.random.default_rng(seed))
    return lay_atoms(Atoms(**how), CORNERS, density, EXPONENT, draws)


def nearest(atoms: Stacks) -> np.ndarray:
    return cKDTree(atoms.positions).query(atoms.positions, 2)[0][:, 1]


def test_as_many_atoms_have_a_partner_as_asked_for() -> None:
    paired = count = 0
    for seed in range(30):
        distance = nearest(laid(seed=seed, dimers=(0.5, 0.5)))
        close = distance < 0.36
        assert distance[close].min() >= NEIGHBOURS
        paired += close.sum() / 2
        count += len(distance) - close.sum() / 2
    assert paired / count == pytest.approx(0.5, abs=0.07)


def test_clusters_are_dense_and_have_no_more_atoms_than_asked_for() -> None:
    for seed in range(6):
        atoms = laid(1e-9, seed, clusters=(0.02, 0.02), cluster_atoms=(6, 6))
        assert len(atoms) > 20
        assert nearest(atoms).min() >= NEIGHBOURS
        reach = np.sqrt(0.06 * 6 / np.pi)
        crowd = [
            len(near)
            for near in cKDTree(atoms.positions).query_ball_point(atoms.positions, 2 * reach)
        ]
        assert np.median(crowd) >= 3
        assert np.quantile(crowd, 0.9) <= 12


def test_two_elements_scatter_as_they_are() -> None:
    atoms = laid(1.0, two_elements=1.0)
    kinds = set(atoms.atomic_number.tolist())
    assert len(kinds) == 2
    assert kinds <= set(ELEMENTS)
    np.testing.assert_allclose(
        atoms.strength * atoms.thickness, atoms.atomic_number.astype(float) ** EXPONENT
    )


def test_atoms_are_as_uneven_as_asked_for() -> None:
    atoms = laid(1.0, unevenness=(0.3, 0.3))
    logarithm = np.log(atoms.strength)
    assert logarithm.std() == pytest.approx(0.3, rel=0.1)


def test_an_atom_that_hops_is_here_until_it_is_there() -> None:
    atoms = laid(1.0, hopping=(0.2, 0.2), hop=(0.4, 0.4))
    first, last = atoms.present.T
    before, after = np.isfinite(last), np.isfinite(first)
    assert not (before & after).any()
    moved = before.sum()
    assert moved / (len(atoms) - moved) == pytest.approx(0.2, abs=0.05)
    np.testing.assert_array_equal(last[before], first[after])
    away = atoms.positions[after] - atoms.positions[before]
    np.testing.assert_allclose(np.linalg.norm(away, axis=1), 0.4)
    assert np.abs(last[before] - atoms.positions[before, 0]).max() <= PROBED
    assert np.isinf(atoms.present[~before & ~after]).all()


def test_an_impossible_recipe_is_refused() -> None:
    with pytest.raises(RecipeError, match="dimers"):
        Atoms(dimers=(-0.1, 0.5))
