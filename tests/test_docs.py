"""What the README and the guides show is true: their examples are run, page by page.

The blocks of a page run from top to bottom, in a folder that holds the files which the pages
name. Python blocks share one namespace. Of ``sh`` and ``console`` blocks the ``colonnade``
commands are run; what a ``console`` block shows below a command must be what the command says,
but for numbers, which may be off by a quarter, as they change with the model. To be quick,
``--count`` is two, the benchmarks have few images, and the recipes of the packaged models are
small likenesses of themselves.

A comment above a block, unseen in the built page, makes an exception:

    <!-- test: skip, why -->     the block is not run
    <!-- test: status 2 -->      its commands are refused
    <!-- test: file NAME -->     the block is the content of a file
    <!-- test: needs NAME -->    the block is run where that package is installed
"""

import importlib.util
import re
import shlex
import shutil
import struct
import tomllib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

import colonnade
from colonnade import cli
from colonnade.atoms.bench import cases
from colonnade.core.files.batch import sample
from colonnade.core.files.formats import SUFFIXES
from colonnade.core.files.open import read_volume
from colonnade.core.files.tilts import read_tilts
from colonnade.core.files.write import write_mrc, write_tiff
from colonnade.sem.bench import cases as sem_cases
from colonnade.sem.bench.test_images import one_material
from colonnade.sem.library.sources import Simulator
from colonnade.sem.simulate.image import Simulation
from colonnade.sem.simulate.instrument import Instrument
from colonnade.sem.upscale.files import Results
from colonnade.sem.upscaled import Assessment, Feature
from colonnade.tomo.bench import cases as tomo_cases

if TYPE_CHECKING:
    from colonnade.sem.train.task import SemRecipe

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
GUIDES = (DOCS, *(DOCS / wing for wing in ("atoms", "sem", "tomo")))
PAGES = [
    ROOT / "README.md",
    *(p for p in sorted(DOCS.rglob("*.md")) if p.parent in GUIDES),
]

BLOCK = re.compile(
    r"(?:^<!-- test: (?P<rule>.*?) -->\n)?^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```", re.M | re.S
)
NUMBER = re.compile(r"\d+(?:\.\d+)?")
BY_CI = ("pip", "pytest")
"""Commands that CI runs, in an environment of their own."""

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class Block:
    """A fenced block, and the exception that is made for it."""

    kind: str
    text: str
    rule: str = ""

    @property
    def commands(self) -> Iterator[tuple[list[str], str]]:
        """Each command, and what is shown below it."""
        text = self.text.replace("\\\n", " ")
        if self.kind == "console":
            for part in text.split("$ ")[1:]:
                command, _, shown = part.partition("\n")
                yield shlex.split(command), shown
        else:
            for line in re.split(r"\n|&&", text):
                if words := shlex.split(line, comments=True):
                    yield words, ""


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    kinds = ((one, one["kind"].removeprefix("{code-block}").strip()) for one in found)
    return [Block(kind, one["text"], one["rule"] or "") for one, kind in kinds]


@pytest.fixture(scope="module")
def pixels() -> Pixels:
    """Cut a corner out of the packaged sample."""
    return colonnade.read(sample()).pixels[:160, :200]


@pytest.fixture(scope="module")
def micrographs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what is written of scanning electron micrographs, as simulating it takes seconds."""
    folder = tmp_path_factory.mktemp("micrographs")
    write_micrographs(folder)
    return folder


@pytest.fixture
def folder(
    tmp_path: Path, pixels: Pixels, micrographs: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Be in a folder with the files that the pages name."""
    size = colonnade.read(sample()).pixel_size
    assert size is not None
    write_dm4(tmp_path / "image.dm4", pixels, size[0])
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(tmp_path / "image.png")
    Image.fromarray(wall()).save(tmp_path / "wall.png")
    np.save(tmp_path / "image.npy", pixels)
    write_emd(tmp_path / "image.emd", {"HAADF": pixels}, size[0])
    write_emd(tmp_path / "detectors.emd", {"HAADF": pixels, "BF": -pixels}, size[0])
    write_tiff(tmp_path / "stack.tif", np.stack([pixels[:96, :96]] * 3), size)
    drift = ((0, 0), (1, 3), (2, 4), (4, 6))
    film = np.stack([pixels[y : y + 96, x : x + 96] for y, x in drift])
    write_tiff(tmp_path / "film.tif", film, size)
    pattern: dict[str, Any] = {
        "imagej": True,
        "resolution": (10.0, 10.0),
        "metadata": {"unit": "1/nm"},
    }
    tifffile.imwrite(tmp_path / "pattern.tif", pixels, **pattern)
    (tmp_path / "monday").mkdir()
    for name in ("first.dm4", "second.dm4"):
        write_dm4(tmp_path / "monday" / name, pixels[:96, :96], size[0])
    shutil.copytree(micrographs, tmp_path, dirs_exist_ok=True)
    write_series(tmp_path)
    (tmp_path / "recipes").mkdir()
    for name in ("atoms-first.toml", "atoms-second.toml", "atoms.toml"):
        (tmp_path / "recipes" / name).write_text(small_recipe(name), encoding="utf-8")
    path = ROOT / "recipes" / "sem-light-x4.toml"
    (tmp_path / "recipes" / path.name).write_text(small_sem_recipe(path), encoding="utf-8")
    path = ROOT / "recipes" / "tomo.toml"
    (tmp_path / "recipes" / path.name).write_text(small_tomo_recipe(path), encoding="utf-8")
    some = cases.list_cases(quick=True, data=None)[::30]
    monkeypatch.setattr(cases, "list_cases", lambda quick, data: some)
    make_sem_quick(monkeypatch)
    make_tomo_quick(monkeypatch)
    make_own_quick(monkeypatch)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    return tmp_path


def small_recipe(name: str) -> str:
    """Make a recipe of the packaged model so small that it is trained in a second."""
    from colonnade.atoms.train.task import AtomsRecipe
    from colonnade.core.learn.networks import NetworkRecipe
    from colonnade.core.work.recipe import dumps, load

    recipe = load(AtomsRecipe, ROOT / "recipes" / name)
    training = replace(recipe.training, steps=2, batch=2, save_every=1, workers=0)
    small = replace(recipe.simulation, size=(32, 32))
    network, count = NetworkRecipe(widths=(2, 4)), 1
    return dumps(
        replace(
            recipe, simulation=small, network=network, training=training, validation_images=count
        )
    )


def small_tomo_recipe(path: Path) -> str:
    """Make a recipe of a packaged network that reconstructs as small."""
    from colonnade.core.work.recipe import dumps, load
    from colonnade.tomo.train.reconstructor.network import RestorerRecipe
    from colonnade.tomo.train.reconstructor.task import ReconstructorRecipe

    recipe = load(ReconstructorRecipe, path)
    return dumps(
        replace(
            recipe,
            slices=2,
            simulation=replace(recipe.simulation, size=(32, 1, 32)),
            network=RestorerRecipe(widths=(2, 4), blocks=(1, 1), interval_width=2),
            training=replace(recipe.training, steps=2, batch=2, warmup=1, save_every=1, workers=0),
            validation_slices=1,
        )
    )


def small_sem_recipe(path: Path) -> str:
    """Make a recipe of a packaged model for super-resolution as small; its network stays."""
    from colonnade.core.work.recipe import dumps, load
    from colonnade.sem.train.task import SemRecipe

    return dumps(shortened(load(SemRecipe, path)))


def shortened(recipe: "SemRecipe") -> "SemRecipe":
    """Train for two steps, on small images."""
    side = 16 * recipe.simulation.factor
    return replace(
        recipe,
        simulation=replace(recipe.simulation, size=(side, side)),
        training=replace(recipe.training, steps=2, batch=2, warmup=1, save_every=1, workers=0),
        losses=replace(recipe.losses, head_start=0),
        validation_images=2,
    )


def make_sem_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fine-tuning be short, few images be looked at, and the benchmark have few."""
    from colonnade.sem.train import run, task

    begin = run.fine_tuning_recipe
    monkeypatch.setattr(run, "fine_tuning_recipe", lambda card: shortened(begin(card)))
    monkeypatch.setattr(task, "SEEN_PAIRS", 4)
    monkeypatch.setattr(task, "WARM_START_PAIRS", 2)
    listed = sem_cases.list_cases
    monkeypatch.setattr(
        sem_cases, "list_cases", lambda quick, data: listed(quick, data)[:: 9 if data else 12]
    )


def make_tomo_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the benchmark have few series."""
    listed = tomo_cases.list_cases
    monkeypatch.setattr(tomo_cases, "list_cases", lambda quick, data: listed(quick, data)[::12])


def make_own_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a denoiser learn from its own images for two steps."""
    from colonnade.tomo.train.denoiser import own

    begin = own.OwnRecipe
    training = replace(begin().training, steps=2, batch=2, warmup=1, save_every=1)
    monkeypatch.setattr(own, "OwnRecipe", lambda **changes: begin(training=training, **changes))


def write_series(folder: Path) -> None:
    """Write a part of the packaged tilt series with its angles, and single views of it."""
    whole = read_volume(sample("tomo.mrc"))
    views = whole.block((slice(None, None, 7), slice(8, 32), slice(16, 80)))
    pixel_size = whole.voxel_size[1:]
    write_mrc(folder / "series.mrc", views, (None, *pixel_size))
    angles = read_tilts(sample("tomo.rawtlt"))[::7]
    (folder / "series.rawtlt").write_text("".join(f"{angle}\n" for angle in angles))
    (folder / "mine").mkdir()
    for path in (folder / "series.mrc", folder / "series.rawtlt"):
        shutil.copy(path, folder / "mine")
    ball = np.zeros((64, *views.shape[1:]), np.float32)
    ball[24:40, 8:16, 24:40] = 1
    write_mrc(folder / "mine" / "series.volume.mrc", ball)
    (folder / "views").mkdir()
    for number, view in enumerate(whole.block((slice(0, 63, 3), slice(8, 32), slice(16, 80)))):
        write_tiff(folder / "views" / f"{number:02}.tif", view)


def write_micrographs(folder: Path) -> None:
    """Write a scanning electron micrograph, a stack, sharp images and registered pairs."""
    image = colonnade.read(sample("sem.tif"))
    write_tiff(folder / "sem.tif", image.pixels[:64, :80], image.pixel_size)
    slices = np.stack([image.pixels[y : y + 48, :56] for y in (0, 40, 80, 120, 160)])
    write_tiff(folder / "slices.tif", slices, image.pixel_size, spacing=20.0)
    instrument = Instrument(clean=1.0, exported=1.0, probe=(0.3, 0.3), charging=0.0, jittering=0.0)
    recipe = Simulation(
        size=(256, 256), materials=one_material("tin_balls"), instrument=instrument
    )
    for part in ("sharp", "three", "pairs/low", "pairs/high"):
        (folder / part).mkdir(parents=True)
    for number in range(6):
        pair = Simulator(recipe, 3)(number)
        low, high = (np.clip(one, 0, 255).astype(np.uint8) for one in (pair.low, pair.high))
        write_tiff(folder / "sharp" / f"{number}.tif", high)
        if number < 3:
            write_tiff(folder / "three" / f"{number}.tif", high)
            write_tiff(folder / "pairs" / "low" / f"{number}.tif", low)
            write_tiff(folder / "pairs" / "high" / f"{number}.tif", high)


def write_dm4(path: Path, pixels: Pixels, pixel_size: float) -> None:
    """Write the tags of a DigitalMicrograph file that make an image of square pixels [nm]."""

    def group(**tags: bytes) -> bytes:
        return struct.pack(">BBQ", 0, 0, len(tags)) + b"".join(
            tag(name, content) for name, content in tags.items()
        )

    def listed(*items: bytes) -> bytes:
        return struct.pack(">BBQ", 0, 0, len(items)) + b"".join(tag("", item) for item in items)

    def tag(name: str, content: bytes) -> bytes:
        kind = 21 if content.startswith(b"%%%%") else 20
        head = struct.pack(">BH", kind, len(name)) + name.encode()
        return head + struct.pack(">Q", len(content)) + content

    def data(content: bytes, *kind: int) -> bytes:
        return b"%%%%" + struct.pack(f">{len(kind) + 1}Q", len(kind), *kind) + content

    def number(value: float) -> bytes:
        whole = isinstance(value, int)
        return data(struct.pack("<I" if whole else "<f", value), 5 if whole else 6)

    def text(value: str) -> bytes:
        return data(value.encode("utf-16-le"), 20, 4, len(value))

    axis = group(Origin=number(0.0), Scale=number(pixel_size), Units=text("nm"))
    level = group(Origin=number(0.0), Scale=number(1.0), Units=text(""))
    height, width = pixels.shape
    image = group(
        Calibrations=group(Brightness=level, Dimension=listed(axis, axis)),
        Data=data(pixels.astype("<f4").tobytes(), 20, 6, pixels.size),
        DataType=number(2),
        Dimensions=listed(number(width), number(height)),
        PixelDepth=number(4),
    )
    root = group(ImageList=listed(group(ImageData=image, ImageTags=group(), Name=text("HAADF"))))
    path.write_bytes(struct.pack(">IQI", 4, len(root), 1) + root + bytes(8))


def wall() -> Pixels:
    """Draw bricks, no two alike."""
    rng = np.random.default_rng(5)
    row, place = np.indices((240, 320))
    place = place + row // 24 % 2 * 30
    tone = rng.normal(120, 15, (10, 6))[row // 24, place // 60]
    mortar = (row % 24 < 3) | (place % 60 < 3)
    drawn = np.where(mortar, 190, tone) + rng.normal(0, 6, row.shape)
    return np.clip(drawn, 0, 255).astype(np.uint8)


def write_emd(path: Path, images: dict[str, Pixels], pixel_size: float) -> None:
    """Write the Berkeley layout."""
    with h5py.File(path, "w") as file:
        file.attrs["version_major"], file.attrs["version_minor"] = 0, 2
        for title, pixels in images.items():
            group = file.create_group(f"data/{title}")
            group.attrs["emd_group_type"] = 1
            group["data"] = pixels
            for place, name in enumerate("yx"):
                steps = np.arange(pixels.shape[place]) * pixel_size
                dim = group.create_dataset(f"dim{place + 1}", data=steps)
                dim.attrs["name"], dim.attrs["units"] = name, "[n_m]"


@pytest.mark.filterwarnings("ignore::colonnade.ColonnadeWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_are_true(
    page: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names: dict[str, Any] = {}
    for block in blocks(page):
        if block.rule.startswith("skip") or not is_installed(block.rule):
            continue
        if block.rule.startswith("file "):
            (folder / block.rule.removeprefix("file ")).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            with warnings.catch_warnings():
                if block.rule:  # what other packages warn of is their own affair
                    warnings.simplefilter("ignore")
                exec(compile(block.text, page.name, "exec"), names)
        elif block.kind in ("sh", "bash", "console"):
            run_commands(block, capsys)


def is_installed(rule: str) -> bool:
    """Whether the package that a rule names, if it names one, is there."""
    needs, _, package = rule.partition(" ")
    return needs != "needs" or importlib.util.find_spec(package) is not None


def run_commands(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    status = int(block.rule.removeprefix("status ")) if block.rule.startswith("status") else 0
    for words, shown in block.commands:
        if words[0] in BY_CI:
            continue
        if words == ["colonnade", "serve"]:
            continue  # it runs until it is told to end; the tests of the page run it
        assert words[0] == "colonnade", f"say in a comment what to do with: {shlex.join(words)}"
        if "--count" in words:
            words[words.index("--count") + 1] = "2"
        capsys.readouterr()
        done = cli.app.meta(words[1:], result_action="return_value")
        printed = "".join(capsys.readouterr())
        assert done == status, printed
        if shown:
            assert_alike(shown, printed)


def assert_alike(shown: str, printed: str) -> None:
    """Compare what a page shows with what was printed: the words, and about the numbers."""
    assert NUMBER.sub("0", shown).split() == NUMBER.sub("0", printed).split()
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    for expected, found in pairs:
        assert float(found) == pytest.approx(float(expected), rel=0.25), printed


def test_every_page_of_the_guides_is_run_but_for_what_says_why() -> None:
    rules = [block.rule for page in PAGES for block in blocks(page) if block.rule]
    assert all(re.fullmatch(r"skip, .+|status \d+|file \S+|needs \w+", rule) for rule in rules), (
        rules
    )


def test_the_guide_names_every_column_of_the_table_and_no_other() -> None:
    text = (DOCS / "atoms" / "columns.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.M)
    one = colonnade.Columns(y=np.zeros(1), x=np.zeros(1), pixel_size=(0.1, 0.1))
    documented = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    measured = one.with_labels(snr=1.0, ellipticity=0.0, double=0, frame=0)
    measured = measured.with_labels(track=0, y_aligned_px=0.0, x_aligned_px=0.0)
    assert documented == list(measured.table())


def test_the_guide_names_every_suffix_that_is_read_and_no_other() -> None:
    text = (DOCS / "files.md").read_text(encoding="utf-8")
    rows = "".join(re.findall(r"^\| (`\.\w.*?) \|", text, re.M))
    assert set(re.findall(r"`(\.\w+)`", rows)) == SUFFIXES


def test_contributing_names_the_checks_of_ci() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports", "sphinx-build"):
        lines = [line for line in text.splitlines() if line.startswith(check)]
        assert len(lines) == 1, check
        assert lines[0].partition("#")[0].strip() in ci.splitlines()


@pytest.mark.parametrize(
    ("page", "end"),
    [("atoms/simulate.md", "## Crystals"), ("sem/simulate.md", "## The instrument")],
)
def test_the_guides_name_every_recipe_that_the_package_carries_and_no_other(
    page: str, end: str
) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    named = names_in(text[text.index("| name | what it makes |") : text.index(end)])
    recipes = ROOT / "recipes" / Path(page).parent
    assert sorted(named) == sorted(path.stem for path in recipes.glob("*"))


def names_in(text: str) -> list[str]:
    """Names in the first column of tables."""
    return re.findall(r"`([^`]+)`", "".join(re.findall(r"^\| (`.*?) \|", text, re.M)))


def upscale_tables() -> tuple[list[str], list[str], list[str]]:
    """Files, keys and keys of a feature that the guide to upscaling names."""
    text = (DOCS / "sem" / "upscale.md").read_text(encoding="utf-8")
    files = text.index("## What you get")
    keys, feature = text.index("The JSON file has"), text.index("Each entry of `features`")
    end = text.index("## Stacks and volumes")
    return names_in(text[files:keys]), names_in(text[keys:feature]), names_in(text[feature:end])


def test_the_guide_names_every_file_that_upscaling_writes_and_no_other() -> None:
    files, *_ = upscale_tables()
    found = Results(Path(), "sem", "tiff", 4)
    written = (found.image, found.half_width, found.picture, found.numbers, found.page)
    assert files == [path.name for path in written]


def test_the_guide_names_every_key_of_the_numbers_and_no_other() -> None:
    _, keys, of_a_feature = upscale_tables()
    slices = ((Feature(1.0, 2.0, 3.0, "added", 4.0),),)
    found = Assessment("sem", (1, 8, 8), (2.0, 1.0, 1.0), "light-x4", 4, 1.0, features=slices)
    numbers = found.to_json()
    assert keys == list(numbers)
    assert set(of_a_feature) == set(numbers["features"][0])


def test_the_guide_names_every_method_of_the_benchmark_of_sem_and_no_other() -> None:
    text = (DOCS / "sem" / "benchmark.md").read_text(encoding="utf-8")
    named = {name.partition(":")[0] for name in names_in(text[text.index("## The methods") :])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert named == set(project["entry-points"]["colonnade.bench.sem"])


def test_the_guide_names_every_training_recipe_of_sem_and_no_other() -> None:
    text = (DOCS / "sem" / "train.md").read_text(encoding="utf-8")
    named = names_in(text[text.index("## The packaged models") : text.index("## The card")])
    assert sorted(named) == sorted(path.stem for path in (ROOT / "recipes").glob("sem-*.toml"))


def test_the_sample_is_what_its_recipe_makes() -> None:
    from colonnade.core.work.recipe import load

    recipe = load(Simulation, ROOT / "recipes" / "sem" / "sample.toml")
    made = Simulator(recipe, 1)(0).low
    # Another kind of processor may round differently, and then a few electrons differ.
    assert np.mean(made != colonnade.read(sample("sem.tif")).pixels) < 0.01
