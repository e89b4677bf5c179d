"""A file gives what is in it, and nothing else that is on the disk."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from colonnade.core.errors import FileError
from colonnade.core.files.own_data import check_hdf5

SECRET = np.frombuffer(b"this is on the disk and nobody's business".ljust(64), np.uint8)


def _external_storage(file: h5py.File, folder: Path) -> None:
    SECRET.tofile(folder / "secret")
    file.create_dataset("image", (8, 8), "u1", external=[(str(folder / "secret"), 0, 64)])


def _external_link(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "secret.h5", "w") as other:
        other["image"] = SECRET.reshape(8, 8)
    file.create_group("Experiments")["image"] = h5py.ExternalLink("secret.h5", "image")


def _virtual(file: h5py.File, folder: Path) -> None:
    layout = h5py.VirtualLayout((8, 8), "u1")
    layout[:] = h5py.VirtualSource(str(folder / "secret.h5"), "image", (8, 8))
    file.create_virtual_dataset("image", layout)


@pytest.mark.parametrize("reach_out", [_external_storage, _external_link, _virtual])
def test_pixels_in_other_files_are_refused(
    reach_out: Callable[[h5py.File, Path], None], tmp_path: Path
) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["sound"] = np.eye(8)
        reach_out(file, tmp_path)
    with pytest.raises(FileError, match=r"a\.h5 takes its pixels from other files"):
        check_hdf5(tmp_path / "a.h5")


def test_links_within_a_file_pass(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("image", data=np.eye(9), chunks=(3, 3), compression="gzip")
        file["again"], file["nowhere"] = h5py.SoftLink("/image"), h5py.SoftLink("/none")
        group = file.create_group("group")
        group["itself"] = group
    check_hdf5(tmp_path / "a.h5")
