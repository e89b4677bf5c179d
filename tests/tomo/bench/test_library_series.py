"""Series of a library: prepared with what it knows of their faults."""

from dataclasses import replace
from pathlib import Path

import pytest

from colonnade.core.errors import FileError
from colonnade.tomo.bench.case import MethodInput
from colonnade.tomo.bench.cases import list_cases
from colonnade.tomo.bench.library_series import draw_library_series
from colonnade.tomo.library.sources import Simulator, write_library
from colonnade.tomo.simulate.phantoms.mixture import Phantoms, PhantomShares
from colonnade.tomo.simulate.recording import Recording
from colonnade.tomo.simulate.series import SeriesSimulation
from colonnade.tomo.simulate.stage import Stage
from colonnade.tomo.simulate.tilting import Tilts

SMALL = SeriesSimulation(
    size=(24, 16, 24),
    phantoms=Phantoms(shares=PhantomShares(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)),
    tilts=Tilts(reach=(60.0,), step=(10.0,), irregular=0.0),
    recording=Recording(clean=1.0, backed=1.0, drifting=1.0, speckled=0.0),
)


def test_aligned_series_of_a_library_are_listed_by_family_and_read(tmp_path: Path) -> None:
    mixed = replace(SMALL, stage=Stage(misaligned=0.5))
    source = Simulator(mixed, 5)
    write_library(source, 8, tmp_path, lambda done, total: None)
    aligned = [index for index in range(8) if not source(index).shifts.any()]
    assert 4 < len(aligned) < 8
    cases = list_cases(False, tmp_path)
    assert [case.number for case in cases] == aligned
    assert {(case.series, case.axis) for case in cases} == {("library", "core-shell")}
    few = [case.number for case in list_cases(True, tmp_path)]
    assert (few[0], few[-1], len(few)) == (aligned[0], aligned[-1], 4)
    test = draw_library_series(cases[1], tmp_path)
    given: MethodInput = test.input
    assert given.shape == test.truth.shape == (24, 16, 24)
    assert given.noise_level == 0


def test_a_library_without_aligned_series_is_refused(tmp_path: Path) -> None:
    crooked = replace(SMALL, stage=Stage(misaligned=1.0))
    write_library(Simulator(crooked, 5), 2, tmp_path, lambda done, total: None)
    with pytest.raises(FileError, match="has no aligned series"):
        list_cases(True, tmp_path)
