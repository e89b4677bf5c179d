"""Uploads that would show other files of the server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from colonnade.app.images.links import check_links
from colonnade.core.errors import FileError


def _by_link(file: Any) -> None:
    file["image"] = h5py.ExternalLink("/somewhere/other.h5", "/image")


def _by_raw_bytes(file: Any) -> None:
    group = file.create_group("deep/inside")
    group.create_dataset("image", (16, 16), "u1", external=[("/etc/passwd", 0, 256)])


def _by_layout(file: Any) -> None:
    layout = h5py.VirtualLayout((16, 16), "u1")
    layout[:] = h5py.VirtualSource("/somewhere/other.h5", "image", (16, 16))
    file.create_virtual_dataset("image", layout)


@pytest.mark.parametrize("evil", [_by_link, _by_raw_bytes, _by_layout])
@pytest.mark.parametrize("suffix", [".h5", ".emd", ".hspy"])
def test_hdf5_that_leads_to_other_files_is_refused(
    tmp_path: Path, evil: Callable[[Any], None], suffix: str
) -> None:
    path = tmp_path / f"evil{suffix}"
    with h5py.File(path, "w") as file:
        file["honest"] = np.zeros((16, 16))
        evil(file)
    with pytest.raises(FileError, match="other files"):
        check_links(path)


def test_what_a_file_has_itself_may_be_linked(tmp_path: Path) -> None:
    path = tmp_path / "honest.h5"
    with h5py.File(path, "w") as file:
        file["a/image"] = np.zeros((16, 16))
        file["again"] = h5py.SoftLink("/a/image")
        file["nowhere"] = h5py.SoftLink("/b")
        file["twice"] = file["a"]
    check_links(path)
