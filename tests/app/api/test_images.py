"""Images in levels and tiles, over HTTP."""

import httpx
import numpy as np
import pytest
import tifffile
from served import wait_for_files

from colonnade import read
from colonnade.core.files.batch import sample


def _image(visitor: httpx.Client, wing: str) -> str:
    visitor.post("/api/samples", json={"wing": wing})
    images = [signal["image"] for file in wait_for_files(visitor) for signal in file["signals"]]
    assert isinstance(images[-1], str)
    return images[-1]


def _tile(visitor: httpx.Client, place: str) -> np.ndarray:
    answer = visitor.get(f"/api/images/{place}")
    assert answer.status_code == 200
    shape = tuple(int(side) for side in answer.headers["x-shape"].split(","))
    dtype = np.dtype(answer.headers["x-dtype"]).newbyteorder("<")
    return np.frombuffer(answer.content, dtype).reshape(shape)


def test_tiles_together_are_the_image(visitor: httpx.Client) -> None:
    image = _image(visitor, "atoms")
    told = visitor.get(f"/api/images/{image}").json()
    expected = read(sample()).pixels
    assert told["axes"]["z"]["shape"] == list(expected.shape)
    assert told["dtype"] == expected.dtype.name
    assert (told["minimum"], told["maximum"]) == (expected.min(), expected.max())
    rows, columns = (range(-(-side // told["tile"])) for side in expected.shape)
    tiles = [[_tile(visitor, f"{image}/tiles/z/0/0/{r}/{c}") for c in columns] for r in rows]
    assert np.array_equal(np.block(tiles), expected)


def test_planes_of_a_series_are_its_frames(visitor: httpx.Client) -> None:
    image = _image(visitor, "tomo")
    told = visitor.get(f"/api/images/{image}").json()
    assert told["axes"]["z"]["planes"] == 71
    frame = read(sample("tomo.mrc"), frame=70).pixels
    assert np.array_equal(_tile(visitor, f"{image}/tiles/z/70/0/0/0"), frame)


@pytest.mark.parametrize(
    "place", ["z/1/0/0/0", "z/0/99/0/0", "z/0/0/9/0", "z/0/0/0/-1", "w/0/0/0/0", "y/0/0/0/0"]
)
def test_what_is_not_there_is_not_found(visitor: httpx.Client, place: str) -> None:
    image = _image(visitor, "sem")
    answer = visitor.get(f"/api/images/{image}/tiles/{place}")
    assert (answer.status_code, "error" in answer.json()) == (404, True)


def test_an_image_without_a_number_can_be_told_in_json(visitor: httpx.Client, tmp_path) -> None:
    path = tmp_path / "empty.tif"
    tifffile.imwrite(path, np.full((9, 9), np.nan, np.float32))
    visitor.post("/api/files", params={"name": path.name}, content=path.read_bytes())
    (file,) = wait_for_files(visitor)
    told = visitor.get(f"/api/images/{file['signals'][0]['image']}").json()
    assert (told["minimum"], told["maximum"]) == (None, None)


def test_a_file_of_the_same_name_is_not_shown_as_the_one_before(
    visitor: httpx.Client, tmp_path
) -> None:
    for shade in (1, 2):
        tifffile.imwrite(tmp_path / "a.tif", np.full((9, 9), shade, np.uint8))
        content = (tmp_path / "a.tif").read_bytes()
        visitor.post("/api/files", params={"name": "a.tif"}, content=content)
        (file,) = wait_for_files(visitor)
        image = file["signals"][0]["image"]
        assert _tile(visitor, f"{image}/tiles/z/0/0/0/0")[0, 0] == shade
        visitor.delete(f"/api/files/{file['id']}")
