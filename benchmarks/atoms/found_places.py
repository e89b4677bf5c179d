"""What it is worth to hold a fit to where the network found the columns, and what is new in that.

    python benchmarks/atoms/found_places.py FOLDER [--counts 5 20]

The folder holds what `limit_images.py` wrote; the images are those of `limit.py --quick`. Each is
searched with its columns free, held near to where the network found them, held loosely, and as by
default: near in an image in which the network and the fit agree, else loosely. Errors are root
mean squares relative to those of the free fit, over columns and axes; none counts as more than so
many standard errors. Disagreement is the typical distance between network and free fit, in
standard errors, that the default goes by.

The second table says how many columns lie within one and two standard errors where these are a
tenth of a width or more, if shares of what the network says of places are taken for new; by groups
of specimens, so that each can be compared with what all others want.
"""

import argparse
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from limit import BORDER, GATE
from limit_cases import MULTISLICE, Case, cases
from sensitivity import RememberingModel

from colonnade import Columns, Micrograph
from colonnade.atoms.locate.fit.joint import JointFit
from colonnade.atoms.locate.fit.peaks import Peaks
from colonnade.atoms.locate.locate import locate_frame
from colonnade.atoms.locate.settings import Settings, settings_of
from colonnade.atoms.score import pair_columns
from colonnade.core.arrays import Array
from colonnade.core.errors import ColonnadeWarning
from colonnade.core.learn.model import find_model

SHARES = (0.0, 0.05, 0.2)
"""Shares that may be new."""

DIM = 0.1
"""Standard errors from which on columns are dim [widths]."""

FARTHEST = 4.0
"""Errors count as no further off than this [standard errors]."""

FREE, NEAR, LOOSE, DEFAULT = "free", "near", "loose", "default"


@dataclass(frozen=True, eq=False)
class Errors:
    """Columns of one image or of several, both axes one after the other.

    Parameters
    ----------
    off, stated
        Errors of positions and their standard errors [widths].
    """

    off: Array
    stated: Array

    @property
    def rms(self) -> float:
        """Root mean square of the errors [widths]."""
        return float(np.sqrt(np.mean(np.minimum(np.abs(self.off), FARTHEST * self.stated) ** 2)))

    def within(self, limit: float) -> float:
        """Percentage within so many standard errors, of dim columns."""
        dim = self.stated >= DIM
        return 100 * float(np.mean(np.abs(self.off[dim]) <= limit * self.stated[dim]))


def joined(parts: Iterable[Errors]) -> Errors:
    """Put several images together."""
    parts = list(parts)
    return Errors(
        np.concatenate([one.off for one in parts]), np.concatenate([one.stated for one in parts])
    )


def held(settings: Settings, found: float, agreeing: float, share: float = 0.0) -> Settings:
    """Hold columns to where they were found with these spreads; a share of that is new."""
    joint = replace(settings.fit.joint, found_spread=found, agreeing_spread=agreeing)
    errors = replace(settings.fit.errors, new_information=share)
    return replace(settings, fit=replace(settings.fit, joint=joint, errors=errors))


def variants(settings: Settings) -> dict[str, Settings]:
    """Ways in which an image is fitted."""
    joint = settings.fit.joint
    near, loose = joint.agreeing_spread, joint.found_spread
    ways = {
        FREE: held(settings, np.inf, np.inf),
        NEAR: held(settings, near, near),
        LOOSE: held(settings, loose, loose),
    }
    return ways | {f"{DEFAULT}, {share:g}": held(settings, loose, near, share) for share in SHARES}


def errors(case: Case, found: Columns) -> Errors:
    """Compare what was found with the truth."""
    gate, border = (length / case.setting.pixel for length in (GATE, BORDER))
    shape = (case.image.shape[0], case.image.shape[1])
    pairs = pair_columns(case.truth, found.positions, gate, shape=shape, border=border)
    seen = found[pairs.found]
    width = seen.width[:, None]
    off = (seen.positions - case.truth.positions[pairs.true]) / width
    stated = np.stack([seen.sigma_y, seen.sigma_x], 1) / width
    known = np.isfinite(stated).all(1)
    return Errors(off[known].ravel(), stated[known].ravel())


@contextmanager
def watched() -> Iterator[list[float]]:
    """Note how far network and free fit are apart in each fit."""
    noted: list[float] = []
    disagreement = JointFit.disagreement

    def note(fit: JointFit, peaks: Peaks, variance: Array) -> float:
        noted.append(disagreement(fit, peaks, variance))
        return noted[-1]

    with patch.object(JointFit, "disagreement", note):
        yield noted


def everything(
    folder: Path, counts: list[float]
) -> dict[str, list[tuple[Case, float, dict[str, Errors]]]]:
    """Every way of every image, by group and counts."""
    model = RememberingModel(find_model("atoms"))
    ways = variants(settings_of(model))
    found: dict[str, list[tuple[Case, float, dict[str, Errors]]]] = {}
    for case in cases(folder, quick=True):
        if case.setting.counts not in counts:
            continue
        with watched() as noted:
            tables = {
                name: errors(
                    case, locate_frame(Micrograph(case.image), model, settings=way).columns
                )
                for name, way in ways.items()
            }
        group = MULTISLICE if case.setting.group == MULTISLICE else "our simulator"
        # The fits that choose the polarity compare nothing.
        typical = float(np.median(np.array(noted)[np.isfinite(noted)]))
        key = f"{group}, {case.setting.counts:g}"
        found.setdefault(key, []).append((case, typical, tables))
    return found


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--counts", type=float, nargs="+", default=[5.0, 20.0])
    given = parser.parse_args()
    warnings.simplefilter("ignore", ColonnadeWarning)
    groups = everything(given.folder, given.counts)
    print("| image | disagreement | free, widths | near / free | loose / free | default / free |")
    print("|---|---|---|---|---|---|")
    names = (FREE, NEAR, LOOSE, f"{DEFAULT}, 0")
    for images in groups.values():
        for case, typical, tables in images:
            if len(tables[FREE].off):
                free, *others = (tables[name].rms for name in names)
                ratios = " | ".join(f"{one / free:.2f}" for one in others)
                print(f"| {case.setting.name} | {typical:.2f} | {free:.3f} | {ratios} |")
    print("\n| images, counts | free | " + " | ".join(f"{one:g} new" for one in SHARES) + " |")
    print("|---" * (len(SHARES) + 2) + "|")
    for key, images in groups.items():
        cells = []
        for name in (FREE, *(f"{DEFAULT}, {share:g}" for share in SHARES)):
            whole = joined(tables[name] for _, _, tables in images)
            cells.append(f"{whole.within(1.0):.0f}, {whole.within(2.0):.0f}")
        print(f"| {key} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
