"""Recipes come back as they were written, and say what is wrong with them."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pytest
from hostile import any_content, gives_or_refuses
from hypothesis import given
from hypothesis import strategies as st

from colonnade.atoms.simulate.image import Simulation
from colonnade.atoms.simulate.specimen.specimen import Specimen
from colonnade.core.errors import RecipeError
from colonnade.core.instrument.postprocess import Export
from colonnade.core.work.recipe import (
    dumps,
    field_meanings,
    from_dict,
    load,
    named_recipe,
    to_dict,
)


@dataclass(frozen=True)
class Lens:
    """The inner part of a recipe."""

    name: str = "objective"
    range: tuple[float, float] = (0.5, 1.0)
    corrected: bool = False


@dataclass(frozen=True)
class Optics:
    """The middle part of a recipe, with nothing but a part of its own."""

    lens: Lens = field(default_factory=Lens)


@dataclass(frozen=True)
class Microscope:
    """A recipe of every kind of field."""

    name: str
    dose: float = 1e5
    frames: int = 3
    mode: Literal["adf", "bf"] = "adf"
    crystals: tuple[str, ...] = ()
    size: tuple[int, int] = (8, 9)
    optics: Optics = field(default_factory=Optics)
    after: Lens = field(default_factory=Lens)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.floats(-1e15, 1e15)

microscopes = st.builds(
    Microscope,
    name=text,
    dose=numbers,
    frames=st.integers(-(2**63), 2**63 - 1),
    mode=st.sampled_from(["adf", "bf"]),
    crystals=st.lists(text, max_size=3).map(tuple),
    size=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    optics=st.builds(
        Optics, st.builds(Lens, text, st.tuples(numbers, numbers), corrected=st.booleans())
    ),
)


def read(folder: Path, content: str) -> Microscope:
    path = folder / "some.toml"
    path.write_text(content, encoding="utf-8", newline="")
    return load(Microscope, path)


def refusal(folder: Path, content: str) -> str:
    with pytest.raises(RecipeError) as caught:
        read(folder, content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@given(recipe=microscopes)
def test_a_recipe_comes_back_from_its_text(
    recipe: Microscope, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert read(tmp_path_factory.mktemp("recipe"), dumps(recipe)) == recipe


def test_the_recipe_of_a_simulation_comes_back(tmp_path: Path) -> None:
    recipe = Simulation(
        size=(32, 48), specimen=Specimen(crystals=("Au [100]",)), export=Export(smoothed=0.0)
    )
    (tmp_path / "a.toml").write_text(dumps(recipe), encoding="utf-8")
    assert load(Simulation, tmp_path / "a.toml") == recipe


def test_what_is_not_given_keeps_its_default(tmp_path: Path) -> None:
    recipe = read(tmp_path, 'version = 1\nname = "Titan"\n[optics.lens]\ncorrected = true\n')
    assert recipe == Microscope("Titan", optics=Optics(Lens(corrected=True)))


def test_a_whole_number_serves_as_a_decimal_one(tmp_path: Path) -> None:
    recipe = read(tmp_path, 'version = 1\nname = "a"\ndose = 2\n[after]\nrange = [1, 2.5]\n')
    assert recipe == replace(Microscope("a"), dose=2.0, after=Lens(range=(1.0, 2.5)))
    assert isinstance(recipe.dose, float)
    assert isinstance(recipe.after.range[0], float)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("dosis = 1.0", ["'dosis'", "dose"]),
        ("[optics.lens]\nrnage = [1, 2]", ["'optics.lens.rnage'", "range"]),
        ("[specimen]\nempty = 1.0", ["'specimen'"]),
        ("dose = true", ["dose", "float", "True"]),
        ("dose = '1e5'", ["dose", "float", "'1e5'"]),
        ("frames = 3.0", ["frames", "int", "3.0"]),
        ("frames = true", ["frames", "int", "True"]),
        ("frames = 2026-01-01", ["frames", "int"]),
        ("optics = 3", ["optics", "table", "3"]),
        ("[optics.lens]\ncorrected = 1", ["optics.lens.corrected", "bool", "1"]),
        ("crystals = 'Si [110]'", ["crystals", "list", "'Si [110]'"]),
        ("crystals = ['Si [110]', 5]", ["crystals", "str", "5"]),
        ("size = [1, 2, 3]", ["size", "2", "3"]),
        ("size = []", ["size", "2", "0"]),
        ("size = [1.5, 2]", ["size", "int", "1.5"]),
        ("dose = nan", ["dose", "nan"]),
        ("dose = -inf", ["dose", "1e+15", "-inf"]),
        ("dose = 1e16", ["dose", "1e+15", "1e+16"]),
        (f"dose = {10**400}", ["dose", "1e+15"]),
        ("[optics.lens]\nrange = [0.5, 1e300]", ["optics.lens.range", "1e+300"]),
        ("mode = 'haadf'", ["mode", "'adf'", "'bf'", "'haadf'"]),
        ("mode = ['adf']", ["mode", "'adf'"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, content: str, named: list[str]) -> None:
    message = refusal(tmp_path, f"version = 1\nname = 'a'\n{content}\n")
    for word in named:
        assert word in message


def test_a_part_that_must_be_given_is_asked_for(tmp_path: Path) -> None:
    assert "'name'" in refusal(tmp_path, "version = 1\ndose = 1.0\n")


@pytest.mark.parametrize("version", ["", "version = 2", "version = '1'", "version = 0.9"])
def test_another_version_is_refused(tmp_path: Path, version: str) -> None:
    message = refusal(tmp_path, f"{version}\nname = 'a'\n")
    assert "version" in message
    assert "some.toml" in message


@pytest.mark.parametrize("content", ["version = ", "{}", "version = 1\nversion = 1", "\0"])
def test_what_is_not_toml_is_refused(tmp_path: Path, content: str) -> None:
    message = refusal(tmp_path, content)
    assert "TOML" in message
    assert "some.toml" in message


@pytest.mark.parametrize(
    "content",
    [
        "version = " + "[" * 10**5,
        "version = " + "9" * 5000,
        "version = 1\nseed = " + "9" * 5000,
        'version = "' + "x" * 10**6 + '"',
        "a" + ".a" * 5000 + " = 1",
        "a = \0",
    ],
    ids=["deep", "long number", "long value", "long version", "deep key", "NUL"],
)
def test_a_recipe_without_measure_is_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    with pytest.raises(RecipeError) as refused:
        load(Simulation, tmp_path / "a.toml")
    assert len(str(refused.value)) < 400
    assert str(refused.value).isprintable()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    for path in (tmp_path / "none.toml", tmp_path, tmp_path / "binary.toml"):
        with pytest.raises(RecipeError, match=path.name):
            load(Microscope, path)


def test_a_value_that_the_recipe_itself_refuses_is_a_recipe_error(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("version = 1\nsize = [4, 4]\n")
    with pytest.raises(RecipeError, match="8 x 8"):
        load(Simulation, tmp_path / "a.toml")
    with pytest.raises(RecipeError, match="crystal"):
        from_dict(Simulation, {"specimen": {"crystals": []}})


def test_plain_values_hold_no_python_types() -> None:
    plain = to_dict(Microscope("a", crystals=("Si", "Au")))
    assert plain["crystals"] == ["Si", "Au"]
    assert plain["optics"] == {
        "lens": {"name": "objective", "range": [0.5, 1.0], "corrected": False}
    }


def test_every_field_says_what_it_means() -> None:
    """So that no table of the guide and no card of a library's page has a hole."""
    from colonnade.atoms.train.task import AtomsRecipe

    def leaves(content: dict[str, object], prefix: str = "") -> set[str]:
        found: set[str] = set()
        for name, value in content.items():
            inner = leaves(value, f"{prefix}{name}.") if isinstance(value, dict) else None
            found |= {prefix + name} if inner is None else inner
        return found

    meanings = field_meanings(AtomsRecipe)
    assert leaves(to_dict(AtomsRecipe())) <= set(meanings)
    assert all(meanings.values())
    assert (
        meanings["simulation.imaging.dose"]
        == "Electrons per area, drawn logarithmically [e⁻/nm²]."
    )


def test_a_recipe_is_a_file_or_one_that_the_package_carries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("version = 1")
    assert named_recipe(str(tmp_path / "mine.toml"), "atoms") == tmp_path / "mine.toml"
    with pytest.raises(RecipeError, match=r"no file mine\.toml, nor") as refused:
        named_recipe("mine.toml", "atoms")
    carried = str(refused.value).rpartition(": ")[2].split(", ")
    assert {"nanoparticles", "ten-thousand"} <= set(carried)
    monkeypatch.chdir(tmp_path)
    for name in carried:
        (tmp_path / name).mkdir()  # a folder of that name is no recipe
        load(Simulation, named_recipe(name, "atoms"))


@given(any_content(dumps(Simulation()).encode()))
def test_recipes_of_any_content_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    gives_or_refuses(lambda recipe: load(Simulation, recipe), path, content)
