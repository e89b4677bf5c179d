"""What we write into the tags of a TIFF."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_TIFF_BYTES = 2**32 - 2**25
"""A TIFF counts its bytes with 32 bits; what goes beyond the pixels needs some of them."""


def tiff_options(
    count: int,
    pixel_size: tuple[float, float] | None,
    spacing: float | None,
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Say how tifffile is to write an image, beside its pixels.

    Parameters
    ----------
    count
        Number of planes.
    pixel_size
        Size of a pixel along (y, x) [nm], or None.
    spacing
        Distance from one plane to the next [nm], or None.
    metadata
        What is to be known of the image; ImageJ shows it as its info.
    """
    own: list[tuple[int, str | int, int, Any, bool]] = _gatan_tags(pixel_size, spacing)
    if metadata:
        from tifffile.tifffile import imagej_metadata_tag

        written = "\n".join(f"{name} = {value}" for name, value in flat(metadata))
        lines = written.encode(errors="backslashreplace").decode()
        own += imagej_metadata_tag({"Info": lines}, "<")
    options: dict[str, Any] = {
        "photometric": "minisblack",
        "description": _imagej_description(count, pixel_size, spacing),
        "metadata": None,
        "extratags": own,
    }
    if pixel_size is not None:
        size_y, size_x = map(float, pixel_size)
        options |= {"resolution": (1 / size_x, 1 / size_y), "resolutionunit": "NONE"}
    return options


def flat(metadata: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Nested metadata as dotted names and values."""
    for key, value in metadata.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield above + str(key), str(value)


def _imagej_description(
    count: int, pixel_size: tuple[float, float] | None, spacing: float | None
) -> str:
    lines = ["ImageJ=1.54f", f"images={count}"]
    if count > 1:
        lines += [f"slices={count}", "loop=false"]
    if pixel_size is not None:
        lines.append("unit=nm")
    if spacing is not None:
        lines.append(f"spacing={spacing!r}")
    return "\n".join([*lines, ""])


def _gatan_tags(
    pixel_size: tuple[float, float] | None, spacing: float | None
) -> list[tuple[int, str | int, int, Any, bool]]:
    """Give the tags from which DigitalMicrograph and RosettaSciIO know the size of a pixel.

    Of x, y and z in turn, these are the unit from 65003 on, the origin from 65006, which is where
    0 nm lies [px], and the scale from 65009.
    """
    if pixel_size is None:
        return []
    size_y, size_x = pixel_size
    sizes = [size_x, size_y] if spacing is None else [size_x, size_y, spacing]
    return [
        tag
        for place, size in enumerate(map(float, sizes))
        for tag in (
            (65003 + place, "s", 0, "nm", True),
            (65006 + place, "d", 1, 0.0, True),
            (65009 + place, "d", 1, size, True),
        )
    ]
