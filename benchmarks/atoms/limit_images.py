"""Multislice images by abTEM of structures that no training library holds, for `limit.py`.

    python benchmarks/atoms/limit_images.py FOLDER [NAME ...]

It needs `pip install ".[multislice]"`. One `.npz` for each specimen; one that exists is left as it
is. An image is one repeat of the specimen, so it goes on past its border; the particle
has vacuum around it. The centre of pixel (0, 0) is the origin.

    image       share of the beam on the detector (y, x)
    pixel       height and width of a pixel [nm]
    columns     columns of one repeat, rows of (y, x, Z, atoms) [nm]
    voltage [kV], semi_angle [mrad], seconds of processor time

Atoms of one column stand where their scattering is on average; Z is that of the heaviest. Thermal
displacements come in pairs of opposite sign, so that the mean positions are exact. In a single
sheet every atom scatters on its own, so the image of the atoms at rest is smeared instead.
Aberrations are such that leave the middle of the probe where it is.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import abtem  # type: ignore[import-not-found]
import numpy as np
from ase import Atoms
from ase.calculators.emt import EMT
from ase.cluster import Decahedron
from ase.filters import FrechetCellFilter
from ase.optimize import FIRE
from ase.spacegroup import crystal
from multislice_images import NM, SIGMA, Microscope, alike, along_110, displaced, smooth
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from colonnade.core.arrays import Array

# ASE gives these no types.
CELL_TOO: Any = FrechetCellFilter
DECAHEDRON: Any = Decahedron
EFFECTIVE_MEDIUM: Any = EMT

DETECTOR = (70.0, 160.0)
"""Angles that the detector collects [mrad]."""

SAME_COLUMN = 0.03
"""Atoms nearer to each other than this, as the beam sees them, are of one column [nm]."""

EXPONENT = 1.85
"""Power of the atomic number that an atom scatters about."""

SEED = 11


@dataclass(frozen=True)
class Specimen:
    """What to image: the repeat that is scanned, and how the beam goes through it.

    Parameters
    ----------
    build
        Makes one repeat, the beam along z.
    microscope
        The probe.
    tiles
        Repeats along x, y and the beam.
    slice_thickness
        Of the potential [Å].
    phonons
        Sets of displaced atoms; none where the image is smeared instead.
    windows
        Parts along x and y of which one holds the probe, where every place is scanned; no symmetry
        is used then.
    """

    build: Callable[[], Any]
    microscope: Microscope
    tiles: tuple[int, int, int] = (1, 1, 1)
    slice_thickness: float = 2.0
    phonons: int = 12
    windows: tuple[int, int] | None = None


def potassium_niobate() -> Any:
    """Tetragonal KNbO3 along [100], the polar axis along y."""
    places = [(0.5, 0.523, 0.5), (0, 0, 0), (0, 0.54, 0), (0.5, 0.042, 0), (0, 0.042, 0.5)]
    return Atoms(
        ["K", "Nb", "O", "O", "O"], scaled_positions=places, cell=[3.997, 4.063, 3.997], pbc=True
    )


def nickelate() -> Any:
    """La3Ni2O7 along [100], the long axis along y."""
    places = [(0.0, 0.0, 0.5), (0.0, 0.0, 0.3213), (0.0, 0.0, 0.0965)]
    places += [(0.0, 0.0, 0.0), (0.0, 0.0, 0.204), (0.0, 0.5, 0.0955)]
    symbols, cell = ["La", "La", "Ni", "O", "O", "O"], [3.715, 3.715, 19.734, 90, 90, 90]
    atoms: Any = crystal(symbols, places, spacegroup=139, cellpar=cell)
    turned = atoms.get_scaled_positions()[:, [1, 2, 0]]
    return Atoms(atoms.symbols, scaled_positions=turned, cell=[3.715, 19.734, 3.715], pbc=True)


def forsterite() -> Any:
    """Mg2SiO4 along [100], everything in it light."""
    places = [(0, 0, 0), (0.2774, 0.25, 0.9915), (0.094, 0.25, 0.4262), (0.0913, 0.25, 0.7657)]
    places += [(0.4474, 0.25, 0.2215), (0.1628, 0.0331, 0.2777)]
    cell = [10.197, 5.981, 4.754, 90, 90, 90]
    return crystal(["Mg", "Mg", "Si", "O", "O", "O"], places, spacegroup=62, cellpar=cell)


def gallium_arsenide() -> Any:
    """GaAs along [110], a narrow pair of nearly equal columns."""
    return along_110(5.653, "Ga", "As")


def indium_gallium_arsenide() -> Any:
    """InGaAs2 along [110], indium and gallium in alternate planes, arsenic nearer to gallium."""
    atoms = along_110(5.863, "In", "As")
    atoms.symbols[1] = "Ga"
    atoms.positions[2:, 1] = np.array([0.268, 0.732]) * 5.863
    return atoms


def osmium() -> Any:
    """Osmium along its hexagonal axis."""
    places = [(0, 0, 0), (0.5, 0.5, 0), (0, 1 / 3, 0.5), (0.5, 5 / 6, 0.5)]
    cell = [2.734, 2.734 * np.sqrt(3), 4.320]
    return Atoms(["Os"] * 4, scaled_positions=places, cell=cell, pbc=True)


def tungsten_telluride() -> Any:
    """A sheet of 1T' WTe2."""
    places = [(0.0, 0.0398, 0.0152), (0.5, 0.3994, 0.0), (0.0, 0.6463, 0.1111)]
    places += [(0.0, 0.2984, -0.1402), (0.5, 0.1424, 0.1552), (0.5, 0.7928, -0.0961)]
    positions = np.array(places) * [3.477, 6.249, 14.018] + [0, 0, 3.0]
    return Atoms(["W"] * 2 + ["Te"] * 4, positions=positions, cell=[3.477, 6.249, 6.0], pbc=True)


def carbon_nitride() -> Any:
    """A sheet of C3N with silicon, phosphorus and sulphur in it, and a vacancy."""
    nitrogen = [(1 / 3, 2 / 3), (2 / 3, 1 / 3)]
    carbon = [(1 / 6, 1 / 3), (1 / 6, 5 / 6), (2 / 3, 5 / 6)]
    carbon += [(1 / 3, 1 / 6), (5 / 6, 1 / 6), (5 / 6, 2 / 3)]
    places = np.array(nitrogen + carbon)
    a = 4.862
    # Hexagonal axes at 120 degrees; two such cells make a rectangle.
    flat = places @ np.array([[1.0, 0.0], [-0.5, np.sqrt(3) / 2]]) * a
    both = np.concatenate([flat, flat + np.array([a / 2, a * np.sqrt(3) / 2])])
    sides = np.array([a, a * np.sqrt(3)])
    positions = np.column_stack([both % sides, np.full(16, 1.0)])
    symbols = (["N"] * 2 + ["C"] * 6) * 2
    unit = Atoms(symbols, positions=positions, cell=[*sides, 2.0], pbc=True)
    sheet = unit * (4, 2, 1)
    rng = np.random.default_rng(SEED)
    chosen = rng.choice(len(sheet), 7, replace=False)
    sheet.symbols[chosen[:6]] = ["Si", "Si", "P", "P", "S", "S"]
    del sheet[chosen[6]]
    return sheet


def boundary() -> Any:
    """Two symmetric boundaries, sigma 5 (310) [001], in a random alloy of gold and silver."""
    a, planes = 4.08, 25
    cells = np.stack(np.meshgrid(*[np.arange(-20, 21)] * 2, [0], indexing="ij"), -1)
    corners = np.array([(0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5)])
    places = (cells.reshape(-1, 1, 3) + corners).reshape(-1, 3) * a
    flat = places[:, :2] @ np.array([[1, 3], [-3, 1]]) / np.sqrt(10)
    side, height = a * np.sqrt(10) / 2, planes * a / np.sqrt(40)
    inside = ((flat > -1e-6) & (flat < [side - 1e-6, height + 1e-6])).all(1)
    grain = np.column_stack([flat, places[:, 2]])[inside]
    both = np.concatenate([grain, grain * [1, -1, 1]])
    atoms = Atoms(["Au"] * len(both), positions=both, cell=[side, 2 * height, a], pbc=True)
    atoms = united(atoms, 2.1)
    atoms = relaxed(atoms, CELL_TOO(atoms, mask=[0, 1, 0, 0, 0, 0]))
    return alloyed(atoms * (3, 1, 6), "Ag")


def united(atoms: Any, nearest: float) -> Any:
    """Put one atom in the middle of those that are nearer to each other [Å]."""
    count, group = connected_components(atoms.get_all_distances(mic=True) < nearest)
    first = [int(np.argmax(group == one)) for one in range(count)]
    united = atoms[first]
    for one, head in enumerate(first):
        members = np.flatnonzero(group == one)
        united.positions[one] += atoms.get_distances(head, members, mic=True, vector=True).mean(0)
    united.set_scaled_positions(united.get_scaled_positions())
    return united


def particle() -> Any:
    """A decahedron of a random alloy of platinum and nickel along its fivefold axis."""
    atoms = alloyed(DECAHEDRON("Pt", 4, 2, 1, latticeconstant=3.75), "Ni")
    atoms = relaxed(atoms, atoms)
    atoms.cell = [30.0, 30.0, np.ptp(atoms.positions[:, 2]) + 2.0]
    atoms.center()
    atoms.pbc = True
    return atoms


def alloyed(atoms: Any, other: str) -> Any:
    """Replace half of the atoms, at random."""
    chosen = np.random.default_rng(SEED).random(len(atoms)) < 0.5
    atoms.symbols[np.flatnonzero(chosen)] = other
    return atoms


def relaxed(atoms: Any, moving: Any) -> Any:
    """Let the forces of effective medium theory move the atoms, or the cell with them."""
    atoms.calc = EFFECTIVE_MEDIUM()
    FIRE(moving, logfile=None).run(fmax=0.05, steps=100)
    atoms.calc = None
    return atoms


def specimens() -> dict[str, Specimen]:
    """Everything there is to simulate, by name."""
    askew = {"C10": -1.5, "C12": 1.5, "phi12": 0.5, "C23": 25.0, "phi23": 0.2, "C30": 1.5e3}
    trefoil = {"C10": -1.0, "C12": 1.2, "phi12": 1.2, "C23": 30.0, "phi23": 0.4}
    return {
        "C3N": Specimen(carbon_nitride, Microscope(60.0, 33.0), phonons=0, windows=(1, 1)),
        "WTe2": Specimen(
            tungsten_telluride, Microscope(80.0, 30.0, trefoil), (5, 3, 1), phonons=0
        ),
        "Os [001]": Specimen(osmium, Microscope(300.0, 22.0), (6, 3, 14)),
        "GaAs [110]": Specimen(gallium_arsenide, Microscope(), (4, 3, 12)),
        "InGaAs2 [110]": Specimen(indium_gallium_arsenide, Microscope(120.0, 27.0), (4, 3, 19)),
        "La3Ni2O7 [100]": Specimen(nickelate, Microscope(160.0, 25.0), (4, 1, 16), phonons=4),
        "KNbO3 [100]": Specimen(potassium_niobate, Microscope(150.0, 25.0, askew), (4, 4, 14)),
        "Mg2SiO4 [100]": Specimen(forsterite, Microscope(100.0, 27.0), (2, 3, 15)),
        "PtNi particle": Specimen(particle, Microscope(100.0, 28.0), phonons=4, windows=(2, 2)),
        "AuAg boundary": Specimen(boundary, Microscope(120.0, 25.0), phonons=4, windows=(1, 2)),
    }


def simulate(specimen: Specimen) -> dict[str, Any]:
    """All that the file of one specimen holds."""
    unit, microscope = specimen.build(), specimen.microscope
    cell = unit.cell.lengths()
    # Twice the highest frequency that the probe lets through.
    pitch = wavelength(microscope) / (4e-3 * microscope.semi_angle)
    shape = (even(cell[1] / pitch), even(cell[0] / pitch))
    start = time.process_time()
    image = np.mean(
        [scanned(atoms, unit, shape, specimen) for atoms in moments(unit, specimen)], axis=0
    )
    pixel = np.array([cell[1] / shape[0], cell[0] / shape[1]]) / NM
    if not specimen.phonons:
        image = smeared(image, pixel)
    return {
        "image": image,
        "pixel": pixel,
        "columns": columns(unit),
        "voltage": microscope.voltage,
        "semi_angle": microscope.semi_angle,
        "seconds": time.process_time() - start,
    }


def wavelength(microscope: Microscope) -> float:
    """Of the electrons [Å]."""
    return float(abtem.core.energy.energy2wavelength(microscope.voltage * 1e3))


def even(count: float) -> int:
    """The next even number."""
    return 2 * int(np.ceil(count / 2))


def moments(unit: Any, specimen: Specimen) -> Iterator[Any]:
    """The whole specimen, as single electrons meet it or at rest."""
    atoms = unit * specimen.tiles
    return displaced(atoms, specimen.phonons) if specimen.phonons else iter([atoms])


def scanned(atoms: Any, unit: Any, shape: tuple[int, int], specimen: Specimen) -> Array:
    """Share of the beam on the detector at every pixel of one repeat (y, x)."""
    microscope = specimen.microscope
    lengths = atoms.cell.lengths()
    least = 3 * DETECTOR[1] * 1.03e-3 / wavelength(microscope)
    gpts = tuple(next(n for n in count(int(least * side)) if smooth(n)) for side in lengths[:2])
    thickness = lengths[2] / np.ceil(lengths[2] / specimen.slice_thickness - 1e-6)
    potential = abtem.Potential(atoms, gpts=gpts, slice_thickness=thickness).build(lazy=False)
    x, y = (
        np.arange(n) * side / n
        for n, side in zip(shape[::-1], unit.cell.lengths()[:2], strict=True)
    )
    grid = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    if specimen.windows:
        return prism(potential, grid, specimen).reshape(shape)
    first = alike(unit, shape, microscope.aligned)
    needed, back = np.unique(first, return_inverse=True)
    return multislice(potential, grid[needed], microscope)[back.reshape(shape)]


def multislice(potential: Any, places: Array, microscope: Microscope) -> Array:
    """Send one probe after the other through the potential."""
    probe = abtem.Probe(
        energy=microscope.voltage * 1e3,
        semiangle_cutoff=microscope.semi_angle,
        aberrations=aberrations(microscope),
        gpts=potential.gpts,
        extent=potential.extent,
    )
    measured = probe.scan(
        potential,
        scan=abtem.CustomScan(places),
        detectors=abtem.AnnularDetector(*DETECTOR),
        max_batch=12,
        lazy=False,
    )
    return np.asarray(measured.array, float)


def prism(potential: Any, places: Array, specimen: Specimen) -> Array:
    """Send plane waves through the potential, and put the probes together afterwards."""
    matrix = abtem.SMatrix(
        potential=potential,
        energy=specimen.microscope.voltage * 1e3,
        semiangle_cutoff=specimen.microscope.semi_angle,
        interpolation=specimen.windows,
    )
    measured = matrix.scan(
        scan=abtem.CustomScan(places),
        detectors=abtem.AnnularDetector(*DETECTOR),
        ctf=abtem.CTF(aberration_coefficients=aberrations(specimen.microscope)),
        lazy=False,
    )
    return np.asarray(measured.array, float)


def aberrations(microscope: Microscope) -> dict[str, float]:
    """As abTEM counts them [Å, rad]."""
    return {
        name: value if name.startswith("phi") else value * NM
        for name, value in microscope.aberrations.items()
    }


def smeared(image: Array, pixel: Array) -> Array:
    """Let atoms at rest vibrate."""
    ky, kx = (np.fft.fftfreq(n, d) for n, d in zip(image.shape, pixel, strict=True))
    damping = np.exp(-2 * (np.pi * SIGMA) ** 2 * (ky[:, None] ** 2 + kx**2))
    return np.asarray(np.fft.ifft2(np.fft.fft2(image) * damping).real)


def columns(unit: Any) -> Array:
    """Columns of one repeat, rows of (y, x, Z, atoms) [nm]."""
    size = unit.cell.lengths()[1::-1] / NM
    places = unit.positions[:, 1::-1] / NM % size % size
    tree = cKDTree(places, boxsize=size)
    near = tree.sparse_distance_matrix(tree, SAME_COLUMN)
    groups, group = connected_components(near, directed=False)
    rows = []
    for one in range(groups):
        members = group == one
        numbers = unit.numbers[members]
        apart = places[members] - places[members][0]
        apart -= size * np.rint(apart / size)
        middle = places[members][0] + np.average(apart, axis=0, weights=numbers**EXPONENT)
        rows.append([*(middle % size), numbers.max(), len(numbers)])
    return np.array(rows)


def main() -> None:
    """Write the specimens that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    abtem.config.set({"diagnostics.progress_bar": False})
    given.folder.mkdir(parents=True, exist_ok=True)
    for name, specimen in specimens().items():
        path = given.folder / f"{name}.npz"
        if path.exists() or (given.names and name not in given.names):
            continue
        found = simulate(specimen)
        np.savez(path, **found)
        print(f"{name}: {found['seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
