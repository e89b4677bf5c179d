"""How far the peaks of columns are from the columns, for microscopes drawn as training draws them.

    python benchmarks/atoms/probe_places.py [--count 60]

A column in the middle of an image of 129 x 129 pixels of 20 pm, as each of these probes shows it.
"""

import argparse

import numpy as np

from colonnade.atoms.simulate.optics.canvas import Canvas
from colonnade.atoms.simulate.optics.microscope import Imaging, draw_beam
from colonnade.core.work.draws import Draws

SIDE, PIXEL = 129, 0.02

TRAINED = Imaging(source=(0.04, 0.16))
"""What differs from the defaults in the last part of the packaged model's training."""


def main() -> None:
    """Print the shares of probes whose peak is off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    count = parser.parse_args().count
    middle = np.full((1, 2), float(SIDE // 2))
    away = []
    for number in range(count):
        probe = draw_beam(TRAINED, Draws(np.random.default_rng(number))).probe
        image = Canvas((SIDE, SIDE), PIXEL, probe).draw(middle, np.ones(1))
        highest = np.array(np.unravel_index(image.argmax(), image.shape))
        away.append(1000 * PIXEL * float(np.linalg.norm(highest - middle[0])))
    for limit in (20, 40):
        share = float(np.mean(np.array(away) >= limit - 1e-9))
        print(
            f"{100 * share:.0f} % of {count} probes are highest {limit} pm or more off the column"
        )


if __name__ == "__main__":
    main()
