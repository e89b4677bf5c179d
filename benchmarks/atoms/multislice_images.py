"""Frozen-phonon multislice images by abTEM, for `multislice.py` to compare with.

    python benchmarks/atoms/multislice_images.py FOLDER [NAME ...]

It needs `pip install ".[multislice]"`. One `.npz` for each specimen; one that exists is left as it
is. An image is one repeat of the specimen, so it goes on past its border; the centre of
pixel (0, 0) is the origin of the atoms.

    images      share of the beam on each ring of the detector (ring, thickness, y, x)
    rings       edges of the rings [mrad]
    pixel       height and width of a pixel [nm]
    atoms       atoms of one repeat, rows of (z, y, x, Z) [nm]; the beam goes along z
    period      repeat along the beam [nm]
    repeats     how many repeats the beam crosses in each image
    sigma       standard deviation of the atoms' thermal displacement along each axis [nm]
    voltage [kV], semi_angle [mrad], and aberrations as abTEM names them [nm, rad]
    seconds     of processor time for one probe position through the thickest, all phonons

Thermal displacements come in pairs of opposite sign, so that the mean positions are exact.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import abtem  # type: ignore[import-not-found]
import numpy as np
from ase import Atoms
from ase.spacegroup import crystal
from numpy.typing import NDArray

from colonnade.core.arrays import Indices

SIGMA = 0.008
RINGS = np.arange(40.0, 201.0, 10.0)
PIXEL = 0.0245
SEED = 7
NM = 10.0
"""Å in a nm; abTEM and ASE count in Å."""


@dataclass(frozen=True)
class Microscope:
    """A probe focused on the entrance surface unless aberrations say otherwise."""

    voltage: float = 200.0
    semi_angle: float = 24.0
    aberrations: dict[str, float] = field(default_factory=dict)

    @property
    def aligned(self) -> bool:
        """Whether the probe is round."""
        return not self.aberrations


@dataclass(frozen=True)
class Specimen:
    """A slab: one repeat of it, how often it repeats along the beam, how it is sliced."""

    unit: Any
    repeats: tuple[int, ...]
    slices: int
    """Slices of one repeat along the beam."""
    width: float = 1.6
    """Rough width of the periodic cell [nm]."""
    phonons: int = 8
    microscope: Microscope = Microscope()


def cubic(symbols: list[str], basis: list[tuple[float, ...]], group: int, a: float) -> Any:
    """A cubic cell seen along [100], its first atom on the origin."""
    return crystal(symbols, basis, spacegroup=group, cellpar=[a, a, a, 90, 90, 90])


def along_110(a: float, first: str, second: str = "") -> Any:
    """A face-centred cubic, diamond or zincblende cell seen along [110]."""
    symbols, places = [first, first], [(0.0, 0.0, 0.0), (0.5, 0.5, 0.5)]
    if second:
        symbols += [second, second]
        places += [(0.0, 0.25, 0.5), (0.5, 0.75, 0.0)]
    short = a / np.sqrt(2)
    return Atoms(symbols, scaled_positions=places, cell=[short, a, short], pbc=True)


def face_centred_100(symbol: str, a: float) -> Any:
    """A face-centred cubic cell seen along [100], turned by 45° to be as small as it can."""
    short = a / np.sqrt(2)
    places = [(0.0, 0.0, 0.0), (0.5, 0.5, 0.5)]
    return Atoms([symbol] * 2, scaled_positions=places, cell=[short, short, a], pbc=True)


def monolayer() -> Any:
    """A sheet of WS2 as a rectangle of two formula units."""
    a, half = 3.15, 1.57
    places = [(x, y, half) for x, y in ((0.0, 0.0), (0.5, 0.5))]
    places += [(x, y, z) for x, y in ((0.0, 1 / 3), (0.5, 5 / 6)) for z in (0.0, 2 * half)]
    cell = np.array([a, a * np.sqrt(3), 3 * half])
    positions = np.array(places) * [cell[0], cell[1], 1]
    return Atoms(["W"] * 2 + ["S"] * 4, positions=positions, cell=cell, pbc=True)


def wedge(columns: int, vacuum: int) -> Any:
    """Platinum along [110]: columns of 1, 2, 3 ... atoms side by side, then vacuum."""
    unit = along_110(3.924, "Pt")
    slab = unit * ((columns + vacuum) // 2, 1, columns)
    place = np.rint(2 * slab.positions[:, 0] / unit.cell[0, 0])
    height = np.floor(slab.positions[:, 2] / unit.cell[2, 2] + 0.1)
    return slab[height <= place - (place >= columns) * 1000]


def specimens() -> dict[str, Specimen]:
    """Everything there is to simulate, by name."""
    perovskite = cubic(["Sr", "Ti", "O"], [(0, 0, 0), (0.5, 0.5, 0.5), (0.5, 0.5, 0)], 221, 3.905)
    fluorite = cubic(["Ce", "O"], [(0, 0, 0), (0.25, 0.25, 0.25)], 225, 5.411)
    rocksalt = cubic(["Mg", "O"], [(0, 0, 0), (0.5, 0.5, 0.5)], 225, 4.212)
    silicon, gallium_arsenide = along_110(5.431, "Si", "Si"), along_110(5.653, "Ga", "As")
    gold, platinum = face_centred_100("Au", 4.078), along_110(3.924, "Pt")
    bent = Microscope(
        aberrations={"C10": -2.0, "C12": 2.0, "phi12": 0.6, "C21": 150.0, "phi21": 0.3, "C30": 5e3}
    )
    titan, low = Microscope(300.0, 21.4), Microscope(80.0, 30.0)
    return {
        "WS2": Specimen(monolayer(), (1,), 3, phonons=32),
        "WS2 aberrated": Specimen(monolayer(), (1,), 3, phonons=32, microscope=bent),
        "WS2 80 kV": Specimen(monolayer(), (1,), 3, phonons=32, microscope=low),
        "SrTiO3 aberrated": Specimen(perovskite, (5, 13), 2, phonons=4, microscope=bent),
        "Pt [110]": Specimen(platinum, (4, 7, 18, 36, 72), 2),
        "Pt wedge": Specimen(wedge(12, 4), (1,), 24, width=1.2, phonons=12),
        "Au [100]": Specimen(gold, (2, 5, 12, 25, 49), 2),
        "SrTiO3 [100]": Specimen(perovskite, (5, 13, 26, 51, 102), 2, width=1.9, phonons=4),
        "Si [110]": Specimen(silicon, (5, 13, 26, 52, 104), 2, width=1.9, phonons=4),
        "GaAs [110]": Specimen(gallium_arsenide, (5, 12, 25, 50), 2, phonons=6),
        "CeO2 [100]": Specimen(fluorite, (4, 9, 18, 37), 4, phonons=6),
        "MgO [100]": Specimen(rocksalt, (5, 12, 24, 47), 2, phonons=6),
        "SrTiO3 [100] 300 kV": Specimen(perovskite, (5, 13, 26, 51), 2, 1.5, 4, titan),
        "Au [100] 300 kV": Specimen(gold, (2, 5, 12, 25, 49), 2, 1.4, 4, titan),
    }


def alike(unit: Any, shape: tuple[int, int], aligned: bool) -> Indices:
    """For every pixel, the number of the first pixel that the symmetry makes equal to it.

    The symmetry is that of the projection, so it is that of the mean image, and which of a
    column's atoms lies on the surface is averaged over. A probe that is not round keeps
    translations alone.
    """
    places = np.column_stack([unit.get_scaled_positions()[:, [1, 0]], unit.numbers])
    grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), -1)
    first = np.arange(grid[..., 0].size).reshape(shape)
    square = bool(np.isclose(unit.cell[0, 0], unit.cell[1, 1]))
    for turn in turns(aligned, square and shape[0] == shape[1]):
        for target in places[:, :2]:
            shift = (target - turn @ places[0, :2]) % 1
            steps = np.rint(shift * shape).astype(int)
            if np.allclose(shift * shape, steps) and kept(places, turn, shift):
                y, x = np.moveaxis((grid @ turn.T + steps) % shape, -1, 0)
                first = np.minimum(first, first[y, x])
    return first


def turns(aligned: bool, square: bool) -> Iterator[NDArray[np.int64]]:
    """Mirrors and quarter turns of a rectangle or a square."""
    for y, x in product((1, -1), (1, -1)) if aligned else ((1, 1),):
        yield np.array([[y, 0], [0, x]])
        if square and aligned:
            yield np.array([[0, y], [x, 0]])


def kept(places: NDArray[np.float64], turn: NDArray[np.int64], shift: Any) -> bool:
    """Whether a turn and a shift lay every atom, in projection, on one of its kind."""
    for y, x, number in places:
        same = places[places[:, 2] == number, :2]
        apart = same - (turn @ [y, x] + shift)
        moved = np.abs(apart - np.rint(apart)).max(1) < 1e-6
        here = np.abs(same - [y, x] - np.rint(same - [y, x])).max(1) < 1e-6
        if moved.sum() != here.sum():
            return False
    return True


def displaced(atoms: Any, phonons: int) -> Iterator[Any]:
    """The atoms as single electrons meet them, in pairs of opposite displacements."""
    rng = np.random.default_rng(SEED)
    for _ in range(phonons // 2):
        moved = rng.normal(0, SIGMA * NM, atoms.positions.shape)
        for sign in (1, -1):
            vibrating = atoms.copy()
            vibrating.positions += sign * moved
            yield vibrating


@cache
def fast_grid(length: float, voltage: float) -> int:
    """Grid points along `length` [Å], so many that waves reach the outermost ring."""
    wavelength = abtem.core.energy.energy2wavelength(voltage * 1e3)
    least = length * 3 * RINGS[-1] * 1.03e-3 / wavelength
    return next(n for n in range(int(least) + 1, 10**6) if smooth(n))


def smooth(n: int) -> bool:
    """Whether Fourier transforms of `n` points are fast."""
    for prime in (2, 3, 5):
        while n % prime == 0:
            n //= prime
    return n == 1


def simulate(specimen: Specimen) -> dict[str, Any]:
    """All that the file of one specimen holds."""
    unit, microscope = specimen.unit, specimen.microscope
    cell = unit.cell.lengths()
    shape = tuple(2 * int(np.ceil(cell[i] / NM / PIXEL / 2)) for i in (1, 0))
    first = alike(unit, (shape[0], shape[1]), microscope.aligned)
    needed, back = np.unique(first, return_inverse=True)
    y, x = np.unravel_index(needed, shape)
    positions = np.column_stack([x * cell[0] / shape[1], y * cell[1] / shape[0]])
    tiles = [max(round(specimen.width * NM / cell[i]), 1) for i in (0, 1)]
    atoms = unit * (*tiles, specimen.repeats[-1])
    atoms.positions[:, 2] += cell[2] / specimen.slices / 2
    start = time.process_time()
    shares = np.mean(
        [rings(one, specimen, positions) for one in displaced(atoms, specimen.phonons)], 0
    )
    return {
        "images": np.moveaxis(shares[:, back.reshape(shape)], -1, 0),
        "rings": RINGS,
        "pixel": np.array([cell[1] / shape[0], cell[0] / shape[1]]) / NM,
        "atoms": np.column_stack([unit.positions[:, ::-1] / NM, unit.numbers]),
        "period": cell[2] / NM,
        "repeats": np.array(specimen.repeats),
        "sigma": SIGMA,
        "voltage": microscope.voltage,
        "semi_angle": microscope.semi_angle,
        "seconds": (time.process_time() - start) / len(needed),
        **{name: microscope.aberrations.get(name, 0.0) for name in ABERRATIONS},
    }


ABERRATIONS = ("C10", "C12", "phi12", "C21", "phi21", "C30")


def rings(atoms: Any, specimen: Specimen, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of the beam on every ring (thickness, position, ring), for one set of atoms."""
    microscope = specimen.microscope
    lengths = atoms.cell.lengths()
    gpts = tuple(fast_grid(float(length), microscope.voltage) for length in lengths[:2])
    potential = abtem.Potential(
        atoms,
        gpts=gpts,
        slice_thickness=lengths[2] / specimen.repeats[-1] / specimen.slices,
        exit_planes=tuple(n * specimen.slices - 1 for n in specimen.repeats),
    ).build(lazy=False)
    probe = abtem.Probe(
        energy=microscope.voltage * 1e3,
        semiangle_cutoff=microscope.semi_angle,
        aberrations={
            name: value if name.startswith("phi") else value * NM
            for name, value in microscope.aberrations.items()
        },
        gpts=gpts,
        extent=tuple(lengths[:2]),
    )
    measured = probe.scan(
        potential,
        scan=abtem.CustomScan(positions),
        detectors=abtem.FlexibleAnnularDetector(10.0, RINGS[0], RINGS[-1]),
        max_batch=12,
        lazy=False,
    )
    shares = np.asarray(measured.array, float)[..., 0]
    return shares.reshape(len(specimen.repeats), len(positions), len(RINGS) - 1)


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
        start = time.process_time()
        np.savez(path, **simulate(specimen))
        print(f"{name}: {time.process_time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
