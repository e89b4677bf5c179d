"""Files of visitors: taken as they are, looked into, kept within bounds, and apart."""

import errno
import io
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import h5py
import httpx
import numpy as np
import pytest
import tifffile
from served import Served, served, wait_for_files

from colonnade.app.visitors import uploads
from colonnade.core.files.batch import sample


def _upload(client: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return client.post("/api/files", params={"name": name}, content=content)


def _tiff(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    tifffile.imwrite(written, pixels)
    return written.getvalue()


def _on_disk(server: Served) -> list[Path]:
    return [
        path
        for session in server.app.state.sessions
        for path in session.folder.rglob("*")
        if path.is_file()
    ]


def test_a_file_is_taken_byte_by_byte_and_looked_into(
    server: Served, visitor: httpx.Client
) -> None:
    content = _tiff(np.arange(35, dtype=np.uint16).reshape(5, 7))
    answer = _upload(visitor, "../grain 3.tif", content)
    assert answer.status_code == 201
    assert answer.json()["state"] == "reading"
    (file,) = wait_for_files(visitor)
    assert (file["name"], file["bytes"], file["state"]) == ("grain 3.tif", len(content), "ready")
    (signal,) = file["signals"]
    assert (signal["kind"], signal["shape"], signal["dtype"]) == ("image", [5, 7], "uint16")
    assert ["shape", "5 x 7 of uint16"] in signal["rows"]
    (path,) = [path for path in _on_disk(server) if path.name == "grain 3.tif"]
    assert path.read_bytes() == content


def test_what_cannot_be_read_says_so_in_the_words_of_the_command(visitor: httpx.Client) -> None:
    _upload(visitor, "cut short.tif", sample("sem.tif").read_bytes()[:200])
    (file,) = wait_for_files(visitor)
    assert file["state"] == "refused"
    assert file["error"].startswith("cut short.tif cannot be read as TIFF")
    assert "/" not in file["error"].replace("colonnade/", "")


@pytest.mark.parametrize("name", ["columns.csv", "program.py", "noending", "x.tif.exe", ".."])
def test_what_no_command_reads_is_refused_before_it_is_sent(
    visitor: httpx.Client, name: str
) -> None:
    answer = _upload(visitor, name, b"0")
    assert answer.status_code == 422
    assert "which is not one of" in answer.json()["error"]
    assert visitor.get("/api/files").json() == []


def test_files_of_one_name_do_not_replace_each_other(visitor: httpx.Client) -> None:
    for shade in (1, 2):
        _upload(visitor, "A.tif", _tiff(np.full((8, 8), shade, np.uint8)))
    assert [file["name"] for file in wait_for_files(visitor)] == ["A.tif", "A-2.tif"]


def test_what_another_file_says_of_an_image_is_known_in_whatever_order(
    visitor: httpx.Client,
) -> None:
    for order in (("tomo.mrc", "tomo.rawtlt"), ("tomo.rawtlt", "tomo.mrc")):
        for name in order:
            _upload(visitor, name, sample(name).read_bytes())
        told = [file["signals"] for file in wait_for_files(visitor) if file["signals"]]
        assert told[-1][0]["kind"] == "tilt series"
        assert told[-1][0]["tilts"][0] == -70


def test_a_removed_file_is_gone_with_its_images(server: Served, visitor: httpx.Client) -> None:
    visitor.post("/api/samples", json={"wing": "sem"})
    (file,) = wait_for_files(visitor)
    image = file["signals"][0]["image"]
    assert visitor.delete(f"/api/files/{file['id']}").status_code == 204
    assert visitor.get("/api/files").json() == []
    assert visitor.get(f"/api/images/{image}").status_code == 404
    assert "sem.tif" not in [path.name for path in _on_disk(server)]
    assert visitor.delete(f"/api/files/{file['id']}").status_code == 404


def test_too_large_a_file_is_refused_whatever_it_says_of_itself(
    server: Served, visitor: httpx.Client
) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(1 << 17)

    for content in (bytes(4 << 20), pieces()):
        answer = visitor.post("/api/files", params={"name": "huge.tif"}, content=content)
        assert answer.status_code == 413
        assert "GiB" in answer.json()["error"]
    assert _on_disk(server) == []


def test_a_visitor_has_a_quota(server: Served, visitor: httpx.Client) -> None:
    statuses = [
        _upload(visitor, f"{number}.tif", bytes(5 << 19)).status_code for number in range(4)
    ]
    assert statuses == [201, 201, 507, 507]
    assert len(_on_disk(server)) == 2
    first = wait_for_files(visitor)[0]["id"]
    visitor.delete(f"/api/files/{first}")
    assert _upload(visitor, "again.tif", bytes(5 << 19)).status_code == 201


def test_a_full_disk_refuses_and_keeps_nothing(
    server: Served, visitor: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads._Writing, "_flush", full)
    answer = _upload(visitor, "image.tif", bytes(1 << 20))
    assert (answer.status_code, "disk" in answer.json()["error"]) == (507, True)
    assert _on_disk(server) == []


def test_a_disk_is_not_filled_to_its_end() -> None:
    with served(disk_reserve=1 << 60) as server:
        visitor = server.visitor()
        assert _upload(visitor, "image.tif", bytes(100)).status_code == 507
        assert visitor.post("/api/samples", json={"wing": "tomo"}).status_code == 507
        assert _on_disk(server) == []


def test_what_is_cut_off_leaves_nothing(server: Served, visitor: httpx.Client) -> None:
    port = urlsplit(server.address).port
    (cookie,) = visitor.cookies.items()
    head = (
        "POST /api/files?name=cut.tif HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Origin: {server.address}",
        f"Cookie: {'='.join(cookie)}",
        "Content-Length: 2000000",
    )
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall("\r\n".join([*head, "", ""]).encode() + bytes(1_500_000))
        while not _on_disk(server):
            time.sleep(0.01)
    for _ in range(500):
        if not _on_disk(server):
            break
        time.sleep(0.01)
    assert _on_disk(server) == []
    assert visitor.get("/api/files").json() == []


def test_a_shape_that_is_only_declared_takes_no_memory(
    visitor: httpx.Client, tmp_path: Path
) -> None:
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("image", (1 << 20, 1 << 20), "f8", chunks=(64, 64))
    assert path.stat().st_size < 1 << 20
    _upload(visitor, path.name, path.read_bytes())
    (file,) = wait_for_files(visitor)
    assert file["state"] == "refused"
    assert "bomb.h5 claims an array of 1048576 x 1048576 in 268435456 pieces" in file["error"]


def test_hdf5_that_leads_to_other_files_is_refused(visitor: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "evil.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("image", (16, 16), "u1", external=[("/etc/passwd", 0, 256)])
    _upload(visitor, path.name, path.read_bytes())
    (file,) = wait_for_files(visitor)
    assert (file["state"], file["signals"]) == ("refused", [])
    assert "other files" in file["error"]


def test_nobody_sees_what_another_has(server: Served, visitor: httpx.Client) -> None:
    visitor.post("/api/samples", json={"wing": "atoms"})
    (file,) = wait_for_files(visitor)
    image = file["signals"][0]["image"]
    for other in (server.visitor(), server.program()):
        assert other.get("/api/files").json() == []
        assert other.delete(f"/api/files/{file['id']}").status_code == 404
        assert other.get(f"/api/images/{image}").status_code == 404
        assert other.get(f"/api/images/{image}/tiles/z/0/0/0/0").status_code == 404
        other.post("/api/sign-out")
    assert visitor.get("/api/files").json() == [file]


def test_signing_out_deletes_everything_and_ends_the_session(server: Served) -> None:
    program = server.program()
    program.post("/api/samples", json={"wing": "sem"})
    assert _on_disk(server) != []
    assert program.post("/api/sign-out").status_code == 204
    assert _on_disk(server) == []
    assert program.get("/api/files").status_code == 401
