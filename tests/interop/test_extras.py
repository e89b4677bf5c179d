"""What is not installed gets a sentence that says how to install it."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colonnade import Columns, Micrograph, interop
from colonnade.core.errors import MissingExtraError

COLUMNS = Columns(np.ones(1), np.ones(1), pixel_size=(1.0, 1.0))
IMAGE = Micrograph(np.ones((3, 4)))


@pytest.mark.parametrize(
    ("package", "extra", "name", "given"),
    [
        ("ase", "simulate", "to_ase", (COLUMNS,)),
        ("atomap.api", "atomap", "to_atomap", (COLUMNS, IMAGE)),
        ("hyperspy.api", "hyperspy", "to_hyperspy", (IMAGE,)),
        ("hyperspy.api", "hyperspy", "to_markers", (COLUMNS, None)),
        ("roifile", "imagej", "to_imagej", (COLUMNS, "a.roi")),
        ("roifile", "imagej", "from_imagej", ("a.zip",)),
        ("pyarrow", "parquet", "to_parquet", (COLUMNS, "a.parquet")),
        ("pyarrow", "parquet", "from_parquet", ("a.parquet",)),
        ("xarray", "xarray", "to_xarray", (COLUMNS,)),
    ],
)
def test_a_missing_package_is_said(
    package: str,
    extra: str,
    name: str,
    given: tuple[Any, ...],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"pip install 'colonnade\[{extra}\]'"):
        getattr(interop, name)(*given)
    assert not list(tmp_path.iterdir())


def test_every_name_is_there() -> None:
    assert sorted(interop.__all__) == dir(interop)
    for name in interop.__all__:
        assert callable(getattr(interop, name))
