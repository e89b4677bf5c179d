"""Writes small files that claim, or unpack to, more than any memory holds."""

import json
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import zarr
from PIL import Image
from zarr.codecs import BloscCodec, GzipCodec, ZstdCodec

EMPTY = 1 << 26
"""What a bomb unpacks to [bytes]."""


def write_tiff(
    path: Path,
    side: int,
    data: bytes,
    *,
    compression: int = 1,
    pages: int = 1,
    widths: int = 1,
    back_to: int | None = None,
    text: bytes = b"",
) -> None:
    """Write 8-bit pages of which all have the same bytes, whatever they say of themselves.

    Parameters
    ----------
    side
        Rows and columns of a page [px]; where there are several widths, they go up from there.
    back_to
        Page that comes after the last.
    text
        What the first page says of itself.
    """
    text_at, data_at = 8, 8 + len(text) + len(text) % 2
    start = data_at + len(data) + len(data) % 2
    content = bytearray(b"II*\0" + struct.pack("<I", start))
    content += text.ljust(data_at - text_at, b"\0") + data.ljust(start - data_at, b"\0")
    length = 2 + 12 * (10 if text else 9) + 4
    for page in range(pages):
        tags = {256: side + page % widths, 257: side, 258: 8, 259: compression, 262: 1}
        tags |= {273: data_at, 277: 1, 278: side, 279: len(data)}
        entries = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items()]
        if text:
            entries.append(struct.pack("<HHII", 270, 2, len(text), text_at))
        entries.sort(key=lambda entry: struct.unpack("<H", entry[:2])[0])
        following = start + (page + 1) * length if page < pages - 1 else 0
        if page == pages - 1 and back_to is not None:
            following = start + back_to * length
        content += struct.pack("<H", len(entries)) + b"".join(entries)
        content += struct.pack("<I", following)
    path.write_bytes(content)


def deflated_strip(path: Path) -> None:
    """Hide in one strip of a small image what is a thousand times as large."""
    write_tiff(path, 64, zlib.compress(bytes(EMPTY)), compression=8)


def large_deflated_page(path: Path) -> None:
    """Claim a large page that is all zeros."""
    write_tiff(path, 8192, zlib.compress(bytes(EMPTY)), compression=8)


def vast_page(path: Path) -> None:
    """Claim a page of ten thousand million pixels."""
    write_tiff(path, 100_000, zlib.compress(bytes(1000)), compression=8)


def pages_in_a_circle(path: Path) -> None:
    """Let the last page lead to the second."""
    write_tiff(path, 8, bytes(64), pages=4, back_to=1)


def many_pages(path: Path) -> None:
    """Write a hundred thousand pages."""
    write_tiff(path, 8, bytes(64), pages=100_000)


def unlike_pages(path: Path) -> None:
    """Write pages of two kinds by turns."""
    write_tiff(path, 8, bytes(72), pages=4097, widths=2)


def _ome(path: Path, planes: str, size: int = 1, annotation: str = "") -> None:
    text = (
        '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        f'{annotation}<Image ID="Image:0"><Pixels DimensionOrder="XYZCT" Type="uint8" SizeX="8" '
        f'SizeY="8" SizeZ="{size}" SizeC="1" SizeT="1">{planes}</Pixels></Image></OME>'
    )
    write_tiff(path, 8, bytes(64), text=text.encode() + b"\0")


def many_planes_of_ome(path: Path) -> None:
    """Count a thousand million planes in OME-XML."""
    _ome(path, '<TiffData IFD="0" PlaneCount="1000000000"/>')


def many_planes_of_ome_in_other_words(path: Path) -> None:
    """Count them with the first digit as an entity."""
    _ome(path, '<TiffData IFD="0" PlaneCount="&#49;000000000"/>')


def vast_stack_of_ome(path: Path) -> None:
    """Claim a stack of which all planes but one are missing."""
    _ome(path, '<TiffData IFD="0" PlaneCount="1"/>', 10**9)


def long_axis_of_ome(path: Path) -> None:
    """Let an axis go along with another in steps without end."""
    values = '<Value><Modulo><ModuloAlongZ Type="angle" Start="0" End="1e12"/></Modulo></Value>'
    space = "openmicroscopy.org/omero/dimension/modulo"
    annotation = f'<XMLAnnotation ID="a" Namespace="{space}">{values}</XMLAnnotation>'
    _ome(path, "", 1, f"<StructuredAnnotations>{annotation}</StructuredAnnotations>")


def vast_picture(path: Path) -> None:
    """Claim a picture of ten thousand million pixels."""
    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", size), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        content += struct.pack(">I", len(data)) + name + data
        content += struct.pack(">I", zlib.crc32(name + data))
    path.write_bytes(content)


def vast_jpeg(path: Path) -> None:
    """Claim a picture of four thousand million pixels."""
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(path)
    content = path.read_bytes()
    frame = content.index(b"\xff\xc0") + 5
    path.write_bytes(content[:frame] + b"\xff\xff\xff\xff" + content[frame + 4 :])


def vast_mrc(path: Path) -> None:
    """Claim a volume of more than 10^21 voxels."""
    header = bytearray(1024)
    struct.pack_into("<4i", header, 0, *(2**24 - 1,) * 3, 2)
    path.write_bytes(bytes(header) + bytes(1000))


def vast_npy(path: Path) -> None:
    """Claim 10^18 numbers."""
    np.save(path, np.zeros((8, 8)))
    claim = b"(1000000000, 1000000000), }"
    path.write_bytes(path.read_bytes().replace(b"(8, 8), }".ljust(len(claim)), claim))


def vast_hdf5(path: Path) -> None:
    """Claim an image of which nothing was ever written."""
    with h5py.File(path, "w") as file:
        file.create_dataset("image", (100_000, 100_000), "u1", chunks=(1000, 1000))


def many_frames_of_hdf5(path: Path) -> None:
    """Claim 10^12 frames of which nothing was ever written."""
    with h5py.File(path, "w") as file:
        file.create_dataset("image", (10**12, 64, 64), "u1", chunks=(1, 64, 64))


def many_chunks_of_hdf5(path: Path) -> None:
    """Divide an image into pieces of a pixel."""
    with h5py.File(path, "w") as file:
        file.create_dataset("image", (10_000, 10_000), "u1", chunks=(1, 1))


def many_images_of_hdf5(path: Path) -> None:
    """Keep more images than anybody looks at."""
    with h5py.File(path, "w") as file:
        for number in range(1001):
            file[f"image {number}"] = np.zeros((8, 8), np.uint8)


def deflated_chunk_of_hdf5(path: Path) -> None:
    """Hide in one chunk of a small image what is a thousand times as large."""
    with h5py.File(path, "w") as file:
        image = file.create_dataset("image", (64, 64), "u1", chunks=(64, 64), compression="gzip")
        image.id.write_direct_chunk((0, 0), zlib.compress(bytes(EMPTY)))


def _zarr_chunk(path: Path, content: bytes, **options: Any) -> None:
    """Write an array whose one chunk has other bytes."""
    array = zarr.create_array(str(path), shape=(64, 64), chunks=(64, 64), dtype="u1", **options)
    array[:] = 1
    (chunk,) = (one for one in path.rglob("*") if one.is_file() and "z" not in one.name)
    chunk.write_bytes(content)


def gzipped_chunk_of_zarr(path: Path) -> None:
    """Hide in one chunk of a small image what is a thousand times as large."""
    packer = zlib.compressobj(wbits=31)
    content = packer.compress(bytes(EMPTY)) + packer.flush()
    _zarr_chunk(path, content, compressors=GzipCodec())


def blosc_chunk_of_zarr(path: Path) -> None:
    """State in one chunk of a small image a size that fills the memory."""
    from numcodecs import Blosc

    _zarr_chunk(path, Blosc().encode(bytes(EMPTY)), compressors=BloscCodec())


def zstd_chunk_of_zarr(path: Path) -> None:
    """State in one chunk of a small image a size that fills the memory."""
    from numcodecs import Zstd

    _zarr_chunk(path, Zstd().encode(bytes(EMPTY)), compressors=ZstdCodec())


def blosc_chunk_of_older_zarr(path: Path) -> None:
    """State in one chunk of a small image of format 2 a size that fills the memory."""
    from numcodecs import Blosc

    _zarr_chunk(path, Blosc().encode(bytes(EMPTY)), zarr_format=2, compressors=Blosc())


def zlib_filter_of_older_zarr(path: Path) -> None:
    """Unpack twice what is packed twice."""
    from numcodecs import Zlib

    twice = zlib.compress(zlib.compress(bytes(EMPTY)))
    _zarr_chunk(path, twice, zarr_format=2, compressors=Zlib(), filters=[Zlib()])


def vast_zarr(path: Path) -> None:
    """Claim an image of which nothing was ever written."""
    zarr.create_array(str(path), shape=(100_000, 100_000), chunks=(1000, 1000), dtype="u1")


def many_chunks_of_zarr(path: Path) -> None:
    """Divide an image into pieces of a pixel."""
    zarr.create_array(str(path), shape=(10_000, 10_000), chunks=(1, 1), dtype="u1")


def many_frames_of_zarr(path: Path) -> None:
    """Claim 10^12 frames of which nothing was ever written."""
    zarr.create_array(str(path), shape=(10**12, 64, 64), chunks=(1, 64, 64), dtype="u1")


def zipped_zarr(path: Path) -> None:
    """Hide in an archive a chunk that is a thousand times as large."""
    described = {"zarr_format": 2, "shape": [8, 8], "chunks": [8, 8], "dtype": "|u1"}
    described |= {"compressor": None, "fill_value": 0, "order": "C", "filters": None}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(".zarray", json.dumps(described))
        archive.writestr("0.0", bytes(EMPTY))


def zipped_metadata(path: Path) -> None:
    """Say more in an archive than the memory holds."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zarr.json", json.dumps({"attributes": "x" * EMPTY}))
