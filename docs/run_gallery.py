"""Run the notebooks of the gallery and keep what they show.

    python docs/run_gallery.py [NAME ...]

Needs ``pip install nbclient ipykernel`` beside the package. Run it when a notebook or what it uses
changes, look at its pictures, and commit it.
"""

import base64
import io
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbclient import NotebookClient
from PIL import Image

GALLERY = Path(__file__).parent / "gallery"

LANGUAGE = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""What a notebook says of itself; whatever a machine adds to this changes from one to the next."""


def run(path: Path) -> None:
    """Run a notebook, and write it with what it showed."""
    notebook = nbformat.read(path, 4)
    with TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=1200, resources={"metadata": {"path": folder}}).execute()
    notebook.metadata = LANGUAGE
    for cell in notebook.cells:
        cell.metadata = {}
        cell["outputs"] = [shrunk(each) for each in cell.get("outputs", [])]
        if cell.cell_type != "code":
            del cell["outputs"]
    nbformat.write(notebook, path)
    print(f"{path.name:40} {path.stat().st_size / 1000:.0f} kB")


def shrunk(output: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Keep a picture with 256 colours, which takes a third of the room."""
    picture = output.get("data", {}).get("image/png")
    if picture is not None:
        small = io.BytesIO()
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(small, "PNG", optimize=True)
        output["data"]["image/png"] = base64.b64encode(small.getvalue()).decode()
    return output


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.stem for path in GALLERY.glob("*.ipynb")):
        run(GALLERY / f"{name}.ipynb")
