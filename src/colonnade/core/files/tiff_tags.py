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
    own: list[tuple[int, str | int, int, Any, bool]] = _own_tags(pixel_size)
    if metadata:
        from tifffile.tifffile import imagej_metadata_tag

        lines = "\n".join(f"{name} = {value}" for name, value in flat(metadata))
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


def _own_tags(
    pixel_size: tuple[float, float] | None,
) -> list[tuple[int, str | int, int, Any, bool]]:
    """Give the tags from which DigitalMicrograph and RosettaSciIO know the size of a pixel."""
    if pixel_size is None:
        return []
    size_y, size_x = map(float, pixel_size)
    return [
        (65003, "s", 0, "nm", True),
        (65004, "s", 0, "nm", True),
        (65009, "d", 1, size_x, True),
        (65010, "d", 1, size_y, True),
    ]
