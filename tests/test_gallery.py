"""The notebooks of the gallery run from first cell to last, and keep their pictures."""

import json
import os
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
NOTEBOOKS = sorted(GALLERY.glob("*.ipynb"))


def cells(path: Path, kind: str) -> list[dict[str, Any]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in content["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("default:.*non-interactive, and thus cannot be shown:UserWarning")
@pytest.mark.filterwarnings("default::colonnade.ColonnadeWarning")
def test_a_notebook_runs_and_ends_with_a_picture(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plt.close("all")
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells(path, "code"):
        exec(compile("".join(cell["source"]), path.name, "exec"), names)
    assert plt.get_fignums(), "no picture was drawn"
    plt.close("all")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_keeps_what_it_showed(path: Path) -> None:
    outputs = [output for cell in cells(path, "code") for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if os.sep + "tmp" in json.dumps(output)]


def test_every_notebook_is_in_the_index() -> None:
    index = (GALLERY / "index.md").read_text(encoding="utf-8")
    listed = [line for line in index.splitlines() if (GALLERY / f"{line}.ipynb").exists()]
    assert sorted(listed) == [path.stem for path in NOTEBOOKS]
