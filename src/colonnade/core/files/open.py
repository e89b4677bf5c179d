"""Read micrographs from the files of every microscope.

One image is read with `read`, the frames of a stack with `read_frames`, and what a file holds
is listed with `describe`. Each error is one sentence: what is wrong, and what to do.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import overload

from colonnade.core.errors import ImageError
from colonnade.core.files.formats import open_file
from colonnade.core.files.signals import READABLE, Axis, Signal
from colonnade.core.images.micrograph import Micrograph

__all__ = ["Axis", "Frames", "Signal", "describe", "read", "read_frames"]

_MOST_LISTED = 8

_WHY_NOT = {
    "spectrum": "holds a spectrum or spectrum image, not a micrograph; export an image from it",
    "diffraction": "holds a diffraction pattern, not an image of the specimen; open a micrograph",
    "complex": "holds complex numbers, as an FFT does; save their modulus or phase as an image",
    "empty": "holds an image without any pixel; save it again",
}


class Frames(Sequence[Micrograph]):
    """The images of one signal; each is read from the file when it is asked for.

    Parameters
    ----------
    signal
        A readable signal of a file.
    frames
        Which frames, in which order.
    name
        What to call the image; the frames of a stack add their number.
    """

    def __init__(self, signal: Signal, frames: range, name: str) -> None:
        self._signal = signal
        self._frames = frames
        self._name = name

    def __len__(self) -> int:
        return len(self._frames)

    @overload
    def __getitem__(self, index: int) -> Micrograph: ...

    @overload
    def __getitem__(self, index: slice) -> "Frames": ...

    def __getitem__(self, index: int | slice) -> "Micrograph | Frames":
        """Read one frame, or take some of them without reading any."""
        if isinstance(index, slice):
            return Frames(self._signal, self._frames[index], self._name)
        return self._read(self._frames[index])

    def __iter__(self) -> Iterator[Micrograph]:
        return map(self._read, self._frames)

    def _read(self, frame: int) -> Micrograph:
        signal, name = self._signal, self._name
        pixels, remarks = signal.plane(frame)
        metadata = {**signal.metadata, "notes": [*signal.notes, *remarks]}
        if signal.kind == "stack":
            axis = signal.axes[0]
            position = axis.offset + frame * axis.scale
            metadata["frame"] = {"index": frame, "position": position, "unit": axis.unit}
            name += f".frame{frame:0{len(str(signal.frames - 1))}d}"
        return Micrograph(pixels, signal.pixel_size, name, metadata)


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
            f"{path} holds a stack of {len(frames)} frames; choose one with --frame 0 to {last}"
        )
    return frames[0]


def read_frames(
    path: str | Path, *, signal: int | str | None = None, frame: int | None = None
) -> Frames:
    """Read every frame of a stack, or the one image of a file, when it is asked for.

    Parameters
    ----------
    path, signal
        As for `read`.
    frame
        Only this frame of the stack.

    Returns
    -------
    Frames
        A sequence of micrographs; only the frame that is asked for is in memory.

    Raises
    ------
    FileError, ImageError
        As for `read`.
    """
    path = Path(path)
    signals = open_file(path)
    chosen = _choose(path, signals, signal)
    if chosen.kind not in READABLE:
        raise ImageError(f"{path} {_why_not(chosen)}")
    several = sum(entry.kind in READABLE for entry in signals) > 1
    name = f"{path.stem}.{_safe(chosen.title)}" if several else path.stem
    return Frames(chosen, _frames(path, chosen, frame), name)


def describe(path: str | Path) -> list[Signal]:
    """List what a file holds, readable or not.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    return open_file(Path(path))


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
    if signal.kind != "stack":
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
