"""Whether a crystal is proposed for its own columns, and how many others fit as well.

    python benchmarks/atoms/crystal_proposals.py [EVERY]

Of all crystals and zone axes that can be simulated, each seventh (or what is given) is drawn as
the columns of an image of 8 by 8 nm, turned, with errors of 4 pm, intensities that scatter by 5 %,
a shear of 0.5 % and a pixel that is 1 % too large; columns fainter than 12 % of the brightest are
not seen. Crystals in whose image columns are nearer than 0.08 nm are left out.
"""

import sys

import numpy as np

from colonnade import Columns
from colonnade.atoms.maps.lattice import find_lattice
from colonnade.atoms.maps.proposals import propose_crystals
from colonnade.atoms.simulate.optics.scattering import EXPONENT, column_signal
from colonnade.atoms.simulate.specimen.catalogue import CATALOGUE
from colonnade.atoms.simulate.specimen.crystals import known_crystal
from colonnade.core.errors import ColonnadeError
from colonnade.core.measures.neighbours import nearest_distances

PIXEL, FIELD = 0.012, 8.0
"""Size of a pixel, and of the image [nm]."""

SIGMA, CLOSEST, FAINTEST = 0.004, 0.08, 0.12
"""Error of a position and nearest columns [nm], and the faintest of the brightest that is seen."""

STRETCH = np.array([[1.01, 0.005], [0.0, 1.01]])
"""What scan and calibration do to the crystal."""


def drawn(name: str, rng: np.random.Generator) -> Columns:
    """Columns of a crystal, as they are found."""
    crystal = known_crystal(name)
    places, which = crystal.columns((FIELD, FIELD), rng.uniform(0, 6.28), (FIELD / 2, FIELD / 2))
    thickness = np.full(len(crystal.positions), rng.uniform(4, 20))
    signal = column_signal(crystal.strength(EXPONENT), thickness)[which]
    seen = signal > FAINTEST * signal.max()
    places, signal = places[seen] @ STRETCH, signal[seen]
    places = places + SIGMA * rng.standard_normal(places.shape)
    y, x = places.T / PIXEL
    sigma = np.full(len(y), SIGMA / PIXEL)
    bright = signal * np.exp(0.05 * rng.standard_normal(len(y)))
    return Columns(y, x, sigma, sigma, intensity=bright, pixel_size=(PIXEL, PIXEL))


def main() -> None:
    """Print which place each crystal has among those that are proposed for it."""
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    names = [f"{name} {zone}" for name, each in CATALOGUE.items() for zone in each.zones][::every]
    rng = np.random.default_rng(1)
    places, others, missing = [], [], []
    for name in names:
        columns = drawn(name, rng)
        if len(columns) < 50 or PIXEL * np.median(nearest_distances(columns.positions)) < CLOSEST:
            continue
        try:
            proposals = propose_crystals(find_lattice(columns), columns.pixel_size)
        except ColonnadeError:
            proposals = ()
        found = [each.name for each in proposals]
        if name in found:
            places.append(found.index(name))
            others.append(len(found))
        else:
            missing.append(name)
    count = len(places) + len(missing)
    first = sum(place == 0 for place in places)
    three = sum(place < 3 for place in places)
    print(f"{count} crystals: {first} proposed first, {three} among three, {len(places)} at all")
    print(f"proposals for each: {np.median(others):.0f} (median), {max(others)} at most")
    print("not proposed:", ", ".join(missing) or "none")


if __name__ == "__main__":
    main()
