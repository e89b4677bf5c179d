"""Tilt series and tables of columns with hard numbers, made of sound ones."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hard_inputs import SEED, Hard, Pixels

from colonnade.core.files.batch import sample
from colonnade.core.files.open import read_volume
from colonnade.core.files.write import write_mrc
from colonnade.core.images.volume import Volume

VIEWS = np.s_[::3, 20:40, 16:80]
"""Part of the packaged series that is reconstructed: views, rows, columns."""

SeriesChange = Callable[[Pixels, list[float]], tuple[Pixels, list[float]]]
"""Makes sound views and their tilts hard ones."""


def _view(value: float, which: Any) -> SeriesChange:
    """Give pixels of the views a value."""

    def change(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
        views[which] = value
        return views, tilts

    return change


def _tilts(make: Callable[[list[float]], list[float]]) -> SeriesChange:
    def change(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
        return views, make(tilts)

    return change


def _views(make: Callable[[Pixels], Pixels]) -> SeriesChange:
    def change(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
        return make(views), tilts

    return change


def _same_view(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
    views[11] = views[10]
    return views, tilts


def _doubled(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
    return np.concatenate([views, views[5:8]]), [*tilts, *tilts[5:8]]


def _shuffled(views: Pixels, tilts: list[float]) -> tuple[Pixels, list[float]]:
    order = np.random.default_rng(SEED).permutation(len(tilts))
    return views[order], [tilts[view] for view in order]


def _saturated_views(share: float) -> Callable[[Pixels], Pixels]:
    def make(views: Pixels) -> Pixels:
        return np.asarray(
            np.clip(255 * views / np.quantile(views, 1 - share), 0, 255).astype(np.uint8)
        )

    return make


def _low_dose(views: Pixels) -> Pixels:
    rng = np.random.default_rng(SEED)
    return np.asarray(rng.poisson(0.01 * views / views.mean()), np.uint16)


SERIES: dict[str, tuple[SeriesChange, bool]] = {
    "sound": (_tilts(list), False),
    "a view of NaN": (_view(np.nan, 10), True),
    "every view NaN": (_view(np.nan, np.s_[:]), True),
    "a NaN in every view": (_view(np.nan, np.s_[:, 5, 5]), True),
    "half of each view NaN": (_view(np.nan, np.s_[:, :, :32]), True),
    "a view of zeros": (_view(0, 10), True),
    "three views of zeros": (_view(0, np.s_[[3, 10, 20]]), True),
    "a view of 77": (_view(77, 10), True),
    "all zero": (_view(0, np.s_[:]), True),
    "all 77": (_view(77, np.s_[:]), True),
    "a pixel of 1e30": (_view(1e30, np.s_[10, 5, 5]), True),
    "an infinite pixel": (_view(np.inf, np.s_[10, 5, 5]), True),
    "one view saturated": (_view(1e6, np.s_[10, :, 20:50]), True),
    "saturated, 5 %": (_views(_saturated_views(0.05)), True),
    "saturated, 40 %": (_views(_saturated_views(0.4)), True),
    "negative": (_views(lambda views: views - 1e5), False),
    "scale 1e-30": (_views(lambda views: views * np.float32(1e-30)), False),
    "scale 1e30": (_views(lambda views: views * np.float32(1e30)), False),
    "few electrons": (_views(_low_dose), True),
    "half precision": (_views(lambda views: views.astype("f2")), False),
    "true and false": (_views(lambda views: views > views.mean()), True),
    "complex": (_views(lambda views: views.astype("c8")), True),
    "a view twice, at two tilts": (_same_view, True),
    "views twice, at the same tilts": (_doubled, True),
    "in any order": (_shuffled, False),
    "all tilts alike": (_tilts(lambda tilts: [10.0] * len(tilts)), True),
    "all tilts but one alike": (_tilts(lambda tilts: [10.0] * (len(tilts) - 1) + [20.0]), True),
    "all tilts zero": (_tilts(lambda tilts: [0.0] * len(tilts)), True),
    "a tilt NaN": (_tilts(lambda tilts: [np.nan, *tilts[1:]]), True),
    "a tilt infinite": (_tilts(lambda tilts: [np.inf, *tilts[1:]]), True),
    "a tilt of 1000": (_tilts(lambda tilts: [1000.0, *tilts[1:]]), True),
    "tilts in radians": (_tilts(lambda tilts: [*np.deg2rad(tilts)]), True),
    "tilts of 89.99 and 90": (_tilts(lambda tilts: [89.99, 90.0, *tilts[2:]]), False),
    "tilts within 1e-9": (_tilts(lambda tilts: [1e-11 * one for one in tilts]), True),
    "too few tilts": (_tilts(lambda tilts: tilts[:-1]), True),
    "1 row": (_views(lambda views: views[:, :1]), True),
    "1 column": (_views(lambda views: views[:, :, :1]), True),
    "7 x 7": (_views(lambda views: views[:, :7, :7]), True),
}
"""What is done to a series, and whether what comes of it needs a word."""


def series(folder: Path) -> Iterator[Hard]:
    """Write what is made of the packaged series."""
    folder.mkdir(parents=True)
    volume = read_volume(sample("tomo.mrc"))
    whole = np.asarray(volume.block((slice(None),) * 3), np.float32)
    angles = sample("tomo.rawtlt").read_text(encoding="utf-8").split()
    for number, (title, (change, needs_word)) in enumerate(SERIES.items()):
        views, tilts = change(whole[VIEWS].copy(), [float(one) for one in angles[VIEWS[0]]])
        path = folder / f"series{number:02d}.npy"
        np.save(path, views)
        listed = "\n".join(str(tilt) for tilt in tilts)
        path.with_suffix(".rawtlt").write_text(listed + "\n", encoding="utf-8")
        yield Hard(title, path, (), needs_word)
    path = folder / "cell.mrc"
    write_mrc(path, Volume(whole[VIEWS], (None, 0.5, 0.5)))
    with path.open("r+b") as file:
        file.seek(40)
        file.write(np.array([np.nan, -5.0, np.inf], "<f4").tobytes())
    path.with_suffix(".rawtlt").write_text("\n".join(angles[VIEWS[0]]), encoding="utf-8")
    yield Hard("a header with a cell of NaN, -5 and infinity", path)


def _rows(*rows: str) -> str:
    return "y_px,x_px,score,intensity,width_px\n" + "".join(f"{row}\n" for row in rows)


def _lattice(change: Callable[[Pixels], Pixels] = lambda places: places) -> str:
    places = 12.0 * np.argwhere(np.ones((8, 8))) + 5
    return _rows(*(f"{y},{x},0.9,100,2" for y, x in change(places)))


TABLES: dict[str, tuple[str, bool]] = {
    "sound": (_lattice(), False),
    "no row": (_rows(), True),
    "one row": (_rows("5,5,0.9,100,2"), True),
    "three rows": (_rows("5,5,0.9,100,2", "5,15,0.9,100,2", "15,5,0.9,100,2"), True),
    "positions NaN": (_rows("5,5,0.9,100,2", "nan,nan,0.9,100,2", "15,5,0.9,100,2"), True),
    "a position infinite": (_rows("5,5,0.9,100,2", "inf,5,0.9,100,2", "15,5,0.9,100,2"), True),
    "positions of 1e300": (_lattice(lambda places: 1e300 * places), True),
    "positions of 1e-300": (_lattice(lambda places: 1e-300 * places), True),
    "all rows alike": (_rows(*["5,5,0.9,100,2"] * 40), True),
    "each row twice": (_lattice(lambda places: np.repeat(places, 2, axis=0)), True),
    "rows in a line": (_lattice(lambda places: places * [1, 0] + [0, 7]), True),
    "a lattice with a NaN": (_lattice() + "nan,40,0.9,100,2\n", True),
    "intensities NaN": (_lattice().replace(",100,", ",nan,"), True),
    "intensities negative": (_lattice().replace(",100,", ",-100,"), False),
    "intensities 1e300": (_lattice().replace(",100,", ",1e300,"), False),
}
"""Tables of columns, and whether what comes of them needs a word."""


def tables(folder: Path, words: tuple[str, ...] = ()) -> Iterator[Hard]:
    """Write tables of columns."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (title, (text, needs_word)) in enumerate(TABLES.items()):
        path = folder / f"table{number:02d}.columns.csv"
        path.write_text(text, encoding="utf-8")
        yield Hard(title, path, words, needs_word)


def calibrated_tables(folder: Path) -> Iterator[Hard]:
    """Write the same tables with positions in nm too, to be handed on as they are."""
    for hard in tables(folder):
        header, *rows = hard.path.read_text(encoding="utf-8").splitlines()
        lines = [f"{header},y_nm,x_nm"]
        for row in rows:
            y, x, *_ = (0.02 * float(cell) for cell in row.split(","))
            lines.append(f"{row},{y},{x}")
        hard.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield replace(hard, needs_word=False)
