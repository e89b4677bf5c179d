"""Methods that the benchmark knows: what they give, and what they say when they cannot."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from colonnade.core.bench.methods import (
    MethodError,
    MissingPeerError,
    UnsuitableImageError,
    installed_methods,
)
from colonnade.core.learn.model import Model, shipped
from colonnade.sem.bench.adapters import by_spandrel, enlarged, images, ours
from colonnade.sem.bench.adapters.enlarged import enlarge
from colonnade.sem.bench.case import MethodInput, Privilege, Upscaling
from colonnade.sem.bench.outputs import read_output, write_output

NAME = "x4, noise 3.16, 0"


def given(image: np.ndarray, factor: int = 4) -> MethodInput:
    truth = np.kron(image, np.ones((factor, factor))).astype(np.float32)
    return MethodInput(image.astype(np.float32), factor, NAME, Privilege(truth, 1.5))


def ramp() -> np.ndarray:
    y, x = np.indices((12, 15))
    return 3.0 * y + 2.0 * x


def test_the_methods_of_the_wing_are_installed() -> None:
    wanted = {"ours", "paper", "bicubic", "lanczos", "spandrel", "images"}
    assert wanted <= set(installed_methods("sem"))


# Plain enlargement


@pytest.mark.parametrize("make", [enlarged.bicubic, enlarged.lanczos])
@pytest.mark.parametrize("factor", [2, 4, 8])
def test_fine_pixels_lie_within_the_coarse_ones_that_they_are_part_of(
    make: Callable[[str], enlarged.Enlarged], factor: int
) -> None:
    fine = make("").run(given(ramp(), factor)).image
    assert fine.shape == (12 * factor, 15 * factor)
    y, x = ((np.arange(size * factor) + 0.5) / factor - 0.5 for size in (12, 15))
    inner = slice(4 * factor, -4 * factor)
    expected = 3 * y[:, None] + 2 * x
    # A windowed sinc ripples a little; half a coarse pixel would be off by 1.
    np.testing.assert_allclose(fine[inner, inner], expected[inner, inner], atol=0.15)


@pytest.mark.parametrize("make", [enlarged.bicubic, enlarged.lanczos])
def test_plain_enlargement_takes_no_argument(make: Callable[[str], object]) -> None:
    with pytest.raises(MethodError, match=r"takes nothing after its name; leave '3'"):
        make("3")


# Ours


def test_a_model_is_for_its_own_factor_alone() -> None:
    model: Any = SimpleNamespace(card=SimpleNamespace(factor=4, name="light-x4"))
    with pytest.raises(UnsuitableImageError, match="light-x4 upscales by 4"):
        ours.Ours(model).run(given(ramp(), 8))


def test_factors_without_a_packaged_model_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "shipped", lambda: ["light-x4"])
    loaded: list[str] = []
    monkeypatch.setattr(ours, "upscaled", lambda model, image: Upscaling(image))

    def load(name: str) -> Any:
        loaded.append(name)
        return SimpleNamespace(card=SimpleNamespace(factor=4, name=name))

    monkeypatch.setattr(Model, "load", load)
    method = ours.default("")
    for _ in range(2):
        method.run(given(ramp(), 4))
    assert loaded == ["light-x4"]
    with pytest.raises(UnsuitableImageError, match="no light-x8"):
        method.run(given(ramp(), 8))


@pytest.mark.skipif(ours.PAPER in shipped(), reason="the package carries that model")
def test_without_a_packaged_model_the_paper_names_the_way_to_one() -> None:
    with pytest.raises(MethodError, match="paper:FILE"):
        ours.paper("")


# Images made elsewhere


def test_results_made_elsewhere_are_read_by_their_names(tmp_path: Path) -> None:
    fine = enlarge(ramp().astype(np.float32), 4)
    tifffile.imwrite(tmp_path / f"{NAME}.tif", fine)
    np.testing.assert_array_equal(images.make(str(tmp_path)).run(given(ramp())).image, fine)


def test_results_may_be_pictures(tmp_path: Path) -> None:
    fine = enlarge(ramp().astype(np.float32), 4).round().clip(0)
    Image.fromarray(fine.astype(np.uint8)).save(tmp_path / f"{NAME}.png")
    np.testing.assert_array_equal(images.make(str(tmp_path)).run(given(ramp())).image, fine)


def test_what_a_run_keeps_is_read_back_with_its_interval(tmp_path: Path) -> None:
    image = enlarge(ramp().astype(np.float32), 4)
    for output in (Upscaling(image), Upscaling(image, 0.1 * image)):
        write_output(output, tmp_path / "kept.tif")
        back = read_output(tmp_path / "kept.tif")
        np.testing.assert_array_equal(back.image, image)
        assert (back.half_width is None) == (output.half_width is None)
    np.testing.assert_array_equal(back.half_width, np.float32(0.1) * image)


@pytest.mark.parametrize(
    ("shape", "name", "said"),
    [((12, 15), NAME, "make it 4 times as large"), ((48, 60), "other", "no image called")],
)
def test_results_of_another_size_or_name_are_refused(
    tmp_path: Path, shape: tuple[int, int], name: str, said: str
) -> None:
    tifffile.imwrite(tmp_path / f"{name}.tif", np.zeros(shape, np.float32))
    with pytest.raises(MethodError, match=said):
        images.make(str(tmp_path)).run(given(ramp()))


@pytest.mark.parametrize("argument", ["", "nowhere"])
def test_results_need_a_folder(argument: str) -> None:
    with pytest.raises(MethodError, match="images:FOLDER"):
        images.make(argument)


# Spandrel, by a module with the same interface


class Tensor:
    """Stands for torch's: an array with what is asked of it."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def __getitem__(self, place: int) -> "Tensor":
        return Tensor(self.values[place])

    def float(self) -> "Tensor":
        return self

    def mean(self, axis: int) -> "Tensor":
        return Tensor(self.values.mean(axis))

    def numpy(self) -> np.ndarray:
        return self.values


class Network:
    """Repeats pixels, and checks what it is given."""

    scale, input_channels = 4, 3

    def eval(self) -> "Network":
        return self

    def __call__(self, colours: Tensor) -> Tensor:
        values = colours.values
        assert values.shape[:2] == (1, 3)
        assert (values.min(), values.max()) == (0, 1)
        np.testing.assert_array_equal(values[0, 0], values[0, 2])
        return Tensor(values.repeat(4, 2).repeat(4, 3))


class Nothing:
    """A context that does nothing."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    spandrel, torch = ModuleType("spandrel"), ModuleType("torch")

    class Loader:
        def __init__(self, device: str) -> None:
            assert device == "cpu"

        def load_from_file(self, path: str) -> object:
            content = Path(path).read_text()
            if content == "broken":
                raise RuntimeError("no such architecture")
            return Network() if content == "network" else SimpleNamespace(scale=4)

    vars(spandrel).update(ModelLoader=Loader, ImageModelDescriptor=Network)
    vars(torch).update(inference_mode=Nothing, from_numpy=Tensor)
    monkeypatch.setitem(sys.modules, "spandrel", spandrel)
    monkeypatch.setitem(sys.modules, "torch", torch)
    return tmp_path / "weights.safetensors"


def test_a_network_for_colours_gets_grey_three_times_and_greys_come_back(weights: Path) -> None:
    weights.write_text("network")
    method = by_spandrel.make(str(weights))
    fine = method.run(given(ramp())).image
    np.testing.assert_allclose(fine, np.kron(ramp(), np.ones((4, 4))), atol=1e-4)
    with pytest.raises(UnsuitableImageError, match="upscales by 4"):
        method.run(given(ramp(), 2))
    flat = np.full((5, 6), 7.0)
    flat[0, 0] = 9.0
    assert method.run(given(flat)).image.max() == pytest.approx(9)


@pytest.mark.parametrize(
    ("content", "said"),
    [("broken", "spandrel cannot load"), ("face restoration", "no network that upscales")],
)
def test_weights_that_cannot_be_used_are_an_error(weights: Path, content: str, said: str) -> None:
    weights.write_text(content)
    with pytest.raises(MethodError, match=said):
        by_spandrel.make(str(weights))


def test_without_weights_or_spandrel_one_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(MethodError, match="spandrel:FILE"):
        by_spandrel.make("nowhere.pth")
    (tmp_path / "weights.pth").touch()
    monkeypatch.setitem(sys.modules, "spandrel", None)
    with pytest.raises(MissingPeerError, match=r"pip install 'colonnade\[spandrel\]'"):
        by_spandrel.make(str(tmp_path / "weights.pth"))
