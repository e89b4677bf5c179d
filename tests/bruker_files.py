"""Writes what a Bruker .bcf holds: images, the tilt of the stage, and a spectrum image."""

import struct
import zlib
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 16
"""Bytes of each part of the container; every file in it fits into one."""

FIRST = 0x138
"""Where the content of part 0 begins, and every CHUNK bytes after it that of another."""


def write_bcf(
    path: Path,
    images: Mapping[str, NDArray[np.uint16]],
    *,
    overview: NDArray[np.uint16] | None = None,
    tilt: float | None = None,
    size_um: tuple[float, float] | None = (0.002, 0.003),
) -> None:
    """Write images of one size by their names, beside a spectrum image of as many pixels."""
    shown = _image(images)
    if overview is not None:
        shown += OVERVIEWS.format(_image({"Ch 1": overview}, 'Name="rod"'))
    scale = "" if size_um is None else f"<DY>{size_um[0]}</DY><DX>{size_um[1]}</DX>"
    stage = "" if tilt is None else f"<Tilt>{tilt}</Tilt>"
    text = (
        '<TRTSpectrumDatabase><ClassInstance Type="TRTSpectrumDatabase" Name="rod">'
        "<Header><Date>1.2.2026</Date><Time>10:0:0</Time>"
        f"<FileVersion>{1 if overview is None else 2}</FileVersion></Header>"
        f'<ClassInstance Type="TRTSEMData"><HV>200</HV>{scale}</ClassInstance>'
        f'<ClassInstance Type="TRTSEMStageData"><State>7936</State>{stage}</ClassInstance>'
        '<ClassInstance Type="TRTDSPConfiguration"><LineAverage>1</LineAverage>'
        "<PixelAverage>1</PixelAverage><PixelTime>1</PixelTime></ClassInstance>"
        f"{shown}<LineCounter>1,1</LineCounter><ChCount>4</ChCount>"
        f"<DetectorCount>1</DetectorCount><SpectrumData0>{SPECTRUM}</SpectrumData0>"
        "</ClassInstance></TRTSpectrumDatabase>"
    )
    path.write_bytes(_container({"HeaderData": text.encode(), "SpectrumData0": bytes(64)}))


def _image(planes: Mapping[str, NDArray[np.uint16]], name: str = "") -> str:
    height, width = next(iter(planes.values())).shape
    written = "".join(
        f"<Plane{place}><Description>{title}</Description>"
        f"<Data>{b64encode(pixels.astype('<u2').tobytes()).decode()}</Data></Plane{place}>"
        for place, (title, pixels) in enumerate(planes.items())
    )
    return (
        f'<ClassInstance Type="TRTImageData" {name}><ItemSize>2</ItemSize><Width>{width}</Width>'
        f"<Height>{height}</Height><PlaneCount>{len(planes)}</PlaneCount>{written}"
        "</ClassInstance>"
    )


OVERVIEWS = (
    '<ClassInstance Type="TRTContainerClass"><ChildClassInstances>'
    '<ClassInstance Type="TRTContainerClass" Name="OverviewImages"><ChildClassInstances>{}'
    "</ChildClassInstances></ClassInstance></ChildClassInstances></ClassInstance>"
)
"""Where the images stand in which the map lies."""

SPECTRUM = (
    '<ClassInstance Type="TRTSpectrum"><TRTHeaderedClass>'
    '<ClassInstance Type="TRTSpectrumHardwareHeader"><Amplification>20000</Amplification>'
    '</ClassInstance><ClassInstance Type="TRTDetectorHeader"><Type>SuperX</Type>'
    f"<DetLayers>{b64encode(zlib.compress(b'<Layers/>')).decode()}</DetLayers></ClassInstance>"
    '<ClassInstance Type="TRTESMAHeader"><PrimaryEnergy>200</PrimaryEnergy>'
    "<ElevationAngle>18</ElevationAngle></ClassInstance></TRTHeaderedClass>"
    '<ClassInstance Type="TRTSpectrumHeader"><CalibAbs>0</CalibAbs><CalibLin>0.01</CalibLin>'
    "</ClassInstance><Channels>9,9,9,9</Channels></ClassInstance>"
)
"""A spectrum of four channels."""


def _container(files: Mapping[str, bytes]) -> bytes:
    """Lay files out: their tree in part 1, then for each a table of its parts, and its part."""
    parts = [b"", b""]
    tree = [_record("EDSDatabase", parent=-1, is_folder=True)]
    for name, content in files.items():
        tree.append(_record(name, parent=0, table=len(parts), size=len(content)))
        parts += [struct.pack("<I", len(parts) + 1), content]
    parts[1] = b"".join(tree)
    written = bytearray(FIRST + CHUNK * len(parts))
    for number, part in enumerate(parts):
        start = FIRST + CHUNK * number
        written[start : start + len(part)] = part
    written[:8] = b"AAMVHFSS"
    struct.pack_into("<fI", written, 0x124, 2.6, CHUNK)
    struct.pack_into("<III", written, 0x140, 1, len(tree), len(parts))
    return bytes(written)


def _record(
    name: str, *, parent: int, table: int = 0, size: int = 0, is_folder: bool = False
) -> bytes:
    times = (0, 0, 0)
    return struct.pack(
        "<iQ3QIi176s?3s256s32s",
        table,
        size,
        *times,
        0,
        parent,
        b"",
        is_folder,
        b"",
        name.encode(),
        b"",
    )
