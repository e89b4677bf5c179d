"""Read micrographs and volumes from the files of every microscope.

One image is read with `read`, the frames of a stack with `read_frames`, a volume or a series as
one with `read_volume`, and what a file holds is listed with `describe`. Each error is one
sentence: what is wrong, and what to do.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from colonnade.core.errors import ImageError
from colonnade.core.files.formats import open_file
from colonnade.core.files.frames import Frames, Voxels
from colonnade.core.files.signals import READABLE, SEVERAL, Axis, Signal
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume

__all__ = ["Axis", "Frames", "Signal", "describe", "read", "read_frames", "read_volume"]

_MOST_LISTED = 8

_WHY_NOT = {
    "spectrum": "holds a spectrum or spectrum image, not a micrograph; export an image from it",
    "diffraction": "holds a diffraction pattern, not an image of the specimen; open a micrograph",
    "complex": "holds complex numbers, as an FFT does; save their modulus or phase as an image",
    "empty": "holds an image without any pixel; save it again",
}


def read(
    path: str | Path, *, signal: int | str | None = None, frame: int | None = None
) -> Micrograph:
    """Read one image.

    Parameters
    ----------
    path
        A file of any format that is known by its suffix.
    signal
        Which image of a file that holds several: its index or its title.
    frame
        Which frame of a stack, from 0.

    Returns
    -------
    Micrograph
        The image; ``metadata["notes"]`` lists, in sentences, what was done to it or doubted.

    Raises
    ------
    FileError
        If the file cannot be read.
    ImageError
        If it holds no image, or several and it is not said which.
    """
    frames = read_frames(path, signal=signal, frame=frame)
    if len(frames) > 1:
        last = len(frames) - 1
        raise ImageError(
            f"{path} holds a {frames.kind} of {len(frames)} frames; "
            f"choose one with --frame 0 to {last}"
        )
    return frames[0]


def read_frames(
    path: str | Path, *, signal: int | str | None = None, frame: int | None = None
) -> Frames:
    """Read every frame of a stack, or the one image of a file, when it is needed.

    Parameters
    ----------
    path, signal
        As for `read`.
    frame
        Only this frame of the stack.

    Returns
    -------
    Frames
        A sequence of micrographs; only the frame that is needed is in memory.

    Raises
    ------
    FileError, ImageError
        As for `read`.
    """
    path = Path(path)
    chosen, name = _choose_readable(path, signal)
    return Frames(chosen, _frames(path, chosen, frame), name)


def read_volume(path: str | Path, *, signal: int | str | None = None) -> Volume:
    """Open a stack, a tilt series or a volume as one, without reading any of it.

    Parameters
    ----------
    path, signal
        As for `read`.

    Returns
    -------
    Volume
        Grey levels (z, y, x), of colours their luminance; z counts the frames. ``metadata`` has
        a list of ``notes``, and of a tilt series the ``tilts`` [degrees].

    Raises
    ------
    FileError
        If the file cannot be read.
    ImageError
        If it holds no stack, or several and it is not said which.
    """
    path = Path(path)
    chosen, name = _choose_readable(path, signal)
    if chosen.kind not in SEVERAL:
        raise ImageError(f"{path} holds one image; open a stack, a tilt series or a volume")
    return as_volume(chosen, name)


def describe(path: str | Path) -> list[Signal]:
    """List what a file holds, readable or not.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    return open_file(Path(path))


def as_volume(signal: Signal, name: str) -> Volume:
    """Take a signal of several images as one volume, without reading any of it."""
    metadata: dict[str, Any] = {**signal.metadata, "notes": [*signal.notes]}
    if signal.is_colour:
        metadata["notes"].append("the images are in colour, so their luminance is used")
    if signal.tilts is not None:
        metadata["tilts"] = list(signal.tilts)
    sizes = signal.pixel_size or (None, None)
    return Volume(Voxels(signal), (signal.slice_thickness, *sizes), name, metadata)


def check_readable(signal: Signal) -> None:
    """Raise an ImageError that says what a signal is, if it holds no images."""
    if signal.kind not in READABLE:
        raise ImageError(f"{signal.path} {_why_not(signal)}")


def _choose_readable(path: Path, wanted: int | str | None) -> tuple[Signal, str]:
    """Choose a signal that holds images, and a name for them."""
    signals = open_file(path)
    chosen = _choose(path, signals, wanted)
    check_readable(chosen)
    several = sum(entry.kind in READABLE for entry in signals) > 1
    return chosen, f"{path.stem}.{_safe(chosen.title)}" if several else path.stem


def _choose(path: Path, signals: Sequence[Signal], wanted: int | str | None) -> Signal:
    if wanted is None:
        readable = [entry for entry in signals if entry.kind in READABLE]
        if len(readable) > 1:
            raise ImageError(
                f"{path} holds {len(readable)} images; choose one with --signal: {_list(readable)}"
            )
        return (readable or list(signals))[0]
    matches = [entry for entry in signals if entry.title == wanted]
    if not matches:
        matches = [entry for entry in signals if str(entry.index) == str(wanted).strip()]
    if not matches:
        raise ImageError(f"{path} has no signal '{wanted}'; it has {_list(signals)}")
    if len(matches) > 1:
        raise ImageError(
            f"{path} has {len(matches)} signals '{wanted}'; choose by number: {_list(matches)}"
        )
    return matches[0]


def _frames(path: Path, signal: Signal, frame: int | None) -> range:
    if frame is None:
        return range(signal.frames)
    if signal.kind not in SEVERAL:
        raise ImageError(f"{path} holds one image and not a stack; leave out --frame")
    if not 0 <= frame < signal.frames:
        raise ImageError(
            f"{path} has no frame {frame}; its {signal.frames} frames are 0 to {signal.frames - 1}"
        )
    return range(frame, frame + 1)


def _why_not(signal: Signal) -> str:
    if signal.kind in _WHY_NOT:
        return _WHY_NOT[signal.kind]
    array = f"an array of shape {signal.shape} and type {signal.dtype}"
    return f"holds {array}; an image has two axes of numbers (y, x), and a stack one more"


def _list(signals: Sequence[Signal]) -> str:
    named = [
        f"{entry.index} '{entry.title}' ({entry.kind}, {' x '.join(map(str, entry.shape))})"
        for entry in signals[:_MOST_LISTED]
    ]
    rest = len(signals) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")


def _safe(title: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in title)
