"""Find the columns of what other tools hold, frame by frame, with progress and a way to stop."""

from collections.abc import Iterator

from colonnade.atoms.columns import Columns
from colonnade.atoms.locate.locate import DEFAULT_MODEL, Options, joined, locate_frame
from colonnade.core.errors import warn
from colonnade.core.images.micrograph import Micrograph
from colonnade.core.images.volume import Volume
from colonnade.core.learn.model import Model
from colonnade.core.work.progress import Progress, silent


def locate_in(
    image: Micrograph | Volume,
    options: Options | None = None,
    model: Model | None = None,
    progress: Progress = silent,
) -> Columns:
    """Find every atom column of an image, or of each frame of a stack.

    Parameters
    ----------
    image
        What is searched.
    options
        How; by default as `colonnade.locate` does it.
    model
        With which network; by default the packaged one.
    progress
        Called with the number of finished frames and of all; what it raises ends the search.
    """
    model = model or Model.load(DEFAULT_MODEL)
    count = image.shape[0] if isinstance(image, Volume) else 1
    parts: list[Columns] = []
    notes: dict[str, None] = {}
    progress(0, count)
    for frame in frames_of(image):
        result = locate_frame(frame, model, options or Options())
        parts.append(result.columns)
        notes |= dict.fromkeys(result.notes)
        progress(len(parts), count)
    for note in notes:
        warn(note)
    return joined(parts)


def frames_of(image: Micrograph | Volume) -> Iterator[Micrograph]:
    """Give an image, or the planes of a volume one after the other."""
    if isinstance(image, Micrograph):
        yield image
        return
    _, size_y, size_x = image.voxel_size
    pixel_size = None if size_y is None or size_x is None else (size_y, size_x)
    notes = {"notes": image.metadata.get("notes", [])}
    for z, plane in enumerate(image.planes()):
        yield Micrograph(plane, pixel_size, f"{image.name}.frame{z}", notes)
