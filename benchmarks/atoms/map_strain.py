"""Strain and rotation through the whole chain: image, `locate`, map, against known deformations.

    python benchmarks/atoms/map_strain.py [--images 2] [--figure PNG]

Images of SrTiO3 [100] by the simulator, 640 x 640 pixels of 16 pm, at several doses. The right
half is stretched along x, along y, sheared or turned; the left half is the reference. Measured by
affine fits to the columns and by geometric phase analysis of the image, both averaged over about
the same number of cells. Columns within 4 nm of the step are left out, and of the border 2 nm.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from colonnade import Micrograph, Model, maps
from colonnade.atoms.locate.locate import Options, locate_frame
from colonnade.atoms.maps.column_map import Region
from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.optics.background import Background
from colonnade.atoms.simulate.optics.exposure import expose
from colonnade.atoms.simulate.optics.microscope import Imaging, draw_beam
from colonnade.atoms.simulate.specimen.specimen import Scenes, Specimen, build
from colonnade.core.arrays import Array
from colonnade.core.figures.plots import save_figure
from colonnade.core.work.draws import NEVER, Draws

SIZE, PIXEL = 640, 0.016
"""Side of an image [px], and of a pixel [nm]."""

MIDDLE, STEP, BORDER = SIZE / 2, 4.0 / PIXEL / 2, 2.0 / PIXEL / 2
"""Where the deformation begins, and how far from it and from the border is measured [px]."""

DOSES = (3e4, 3e5)
"""Electrons for each square nanometre."""

RECIPE = Simulation(
    size=(SIZE, SIZE),
    specimen=Specimen(
        crystals=("SrTiO3 [100]",),
        invented=0.0,
        scenes=Scenes(crystal=1.0),
        thickness=(15.0, 15.0),
        strain=(0.0, 0.0),
        disorder=(0.0, 0.0),
        substitutions=NEVER,
        composition=(0.0, 0.0),
        wedge=(0.0, 0.0),
        terraced=0.0,
        dislocations=0.0,
        stacking_faults=0.0,
        vacancies=NEVER,
        adatoms=NEVER,
        supported=0.0,
        contaminated=0.0,
    ),
    imaging=Imaging(
        pixel_size=(PIXEL, PIXEL),
        voltages=(200.0,),
        convergence=(24.0, 24.0),
        defocus=(0.0, 0.0),
        spherical=(0.0, 0.0),
        astigmatism=(0.0, 0.0),
        coma=(0.0, 0.0),
        source=(0.07, 0.07),
        mistilt=(0.0, 0.0),
        bright_field=0.0,
    ),
    background=Background(),
)
"""What is imaged."""

COMPONENTS = ("e_xx", "e_yy", "e_xy", "rotation")
UNITS = (1e-4, 1e-4, 1e-4, 0.01)
"""What the components are called, and in what they are printed: 0.01 %, and 0.01°."""


@dataclass(frozen=True, eq=False)
class Deformation:
    """What the right half has, rows of (e_xx, e_yy, e_xy, rotation [degrees])."""

    name: str
    truth: tuple[float, float, float, float]

    @property
    def matrix(self) -> Array:
        """The deformation on (y, x)."""
        e_xx, e_yy, e_xy, degrees = self.truth
        turn = np.deg2rad(degrees)
        rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return np.asarray(rotation @ np.array([[1 + e_yy, e_xy], [e_xy, 1 + e_xx]]))


DEFORMATIONS = (
    Deformation("0.5 % along x", (0.005, 0, 0, 0)),
    Deformation("0.5 % along y", (0, 0.005, 0, 0)),
    Deformation("shear of 0.5 %", (0, 0, 0.005, 0)),
    Deformation("turn of 0.5°", (0, 0, 0, 0.5)),
)


def draw_image(deformation: Deformation, dose: float, seed: int) -> Micrograph:
    """Simulate an image of a crystal whose right half is deformed."""
    rng = np.random.default_rng(seed)
    draws = Draws(rng)
    beam = draw_beam(RECIPE.imaging, draws)
    size = RECIPE.size
    scene = build(RECIPE.specimen, size, PIXEL, beam.probe.resolution, beam.exponent, draws)
    middle = np.array([MIDDLE, MIDDLE])
    at = scene.positions / PIXEL - middle
    at = np.where(at[:, 1:] > 0, at @ deformation.matrix.T, at) + middle
    scene = replace(scene, positions=at * PIXEL)
    exposure = expose(scene, at, PIXEL, beam, RECIPE.background, draws)
    counts = rng.poisson(dose * PIXEL**2 * exposure.total / exposure.total.max())
    return Micrograph(counts.astype(np.float32), (PIXEL, PIXEL), deformation.name)


def measured(images: int, figure: Path | None) -> Iterator[tuple[str, float, str, Array, Array]]:
    """Measure every deformation: its name, the dose, the method, how far off, standard errors."""
    model = Model.load("atoms")
    reference: Region = (0, SIZE, 0, MIDDLE - STEP)
    for deformation in DEFORMATIONS:
        for dose in DOSES:
            for seed in range(images):
                image = draw_image(deformation, dose, seed)
                columns = locate_frame(image, model, Options()).columns
                found = {
                    "affine fits": maps.strain(columns, reference=reference),
                    "phases": maps.geometric_phase(image, columns, reference=reference),
                }
                for method, each in found.items():
                    at = each.columns
                    inside = (np.abs(at.positions - MIDDLE) < MIDDLE - BORDER).all(axis=1)
                    inside &= at.x > MIDDLE + STEP
                    off = (each.values - deformation.truth)[inside]
                    yield deformation.name, dose, method, off, each.sigma[inside]
                if figure is not None and dose == DOSES[0] and seed == 0:
                    path = figure.with_stem(f"{figure.stem} {deformation.name}")
                    save_figure(found["affine fits"].figure(image), path)


def report(rows: Sequence[tuple[str, float, str, Array, Array]]) -> None:
    """Print how far off the mean and single columns are, and how often within their errors."""
    print(
        "| deformation | e/nm² | method | columns | mean off | RMS | stated | 1 s.e., % | 2, % |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    keys = list(dict.fromkeys((name, dose, method) for name, dose, method, *_ in rows))
    for key in [*keys, *[("all", dose, m) for dose in DOSES for m in ("affine fits", "phases")]]:
        name, dose, method = key
        chosen = [r for r in rows if r[1:3] == (dose, method) and name in (r[0], "all")]
        off, sigma = (np.concatenate([row[each] for row in chosen]) for each in (3, 4))
        within = [100 * (np.abs(off) < n * sigma).mean() for n in (1, 2)]
        mean, spread, stated = (
            ", ".join(f"{value:.1f}" for value in each / UNITS)
            for each in (off.mean(0), np.sqrt((off**2).mean(0)), np.sqrt((sigma**2).mean(0)))
        )
        print(
            f"| {name} | {dose:.0e} | {method} | {len(off)} | {mean} | {spread} | {stated} "
            f"| {within[0]:.0f} | {within[1]:.0f} |"
        )


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=2, help="of each deformation and dose")
    parser.add_argument("--figure", type=Path, help="where to draw maps, one each deformation")
    options = parser.parse_args()
    print(f"Off, in {', '.join(COMPONENTS)}: units of 0.01 %, and of 0.01° for the rotation.\n")
    report(list(measured(options.images, options.figure)))


if __name__ == "__main__":
    main()
