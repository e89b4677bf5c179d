"""Train and test every network of the study; what is done is not done again (torch)."""

from functools import partial
from pathlib import Path

from colonnade.core.bench.benchmark import Bar
from colonnade.core.errors import FileError
from colonnade.core.learn.model import Model
from colonnade.core.learn.training import fit
from colonnade.core.work.progress import Progress
from colonnade.core.work.recipe import dumps
from colonnade.core.work.writing import atomic, make_folder
from colonnade.sem.bench.adapters.ours import upscaled
from colonnade.sem.bench.case import TestImage
from colonnade.sem.bench.training.plan import FIRST_MATERIAL, Plan, Training
from colonnade.sem.bench.training.scoring import (
    FOLDER,
    PLAN,
    final,
    material_images,
    particle_images,
    score,
    training_folder,
)
from colonnade.sem.bench.training.task import StudyTask
from colonnade.sem.train.export import export_model
from colonnade.sem.train.task import GENERATOR


def run_study(plan: Plan, out: Path, bar: Bar) -> None:
    """Train every network of a plan, and score it at its marks and at its end.

    Parameters
    ----------
    plan
        Which networks.
    out
        Folder of the run of the benchmark; a study that was stopped goes on there.
    bar
        Opens a progress bar with a title.
    """
    _claim(plan, out / FOLDER)
    for number, training in enumerate(plan.trainings, 1):
        folder = training_folder(out, training)
        if final(folder).exists:
            continue
        title = f"training {number} of {len(plan.trainings)}, {training.name}"
        with bar(title) as progress:
            model = _train(plan, training, folder, progress)
        _test(plan, training, folder, model)


def _claim(plan: Plan, folder: Path) -> None:
    """Begin a study, or go on with the same."""
    make_folder(folder)
    text = dumps(plan)
    if (folder / PLAN).exists() and (folder / PLAN).read_text(encoding="utf-8") != text:
        raise FileError(f"{folder} holds another study of training; name another folder")
    with atomic(folder / PLAN) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _train(plan: Plan, training: Training, folder: Path, progress: Progress) -> Path:
    """Train one network, and give its model file."""
    path = folder / f"{training.name}.onnx"
    if path.exists():
        return path
    make_folder(folder)
    task = StudyTask(plan, training, folder, _tests(plan, training, training.material))
    recipe = task.recipe.training
    networks = fit(task, recipe, folder, resume=True, progress=progress)
    return export_model(task, networks[GENERATOR], folder)


def _test(plan: Plan, training: Training, folder: Path, path: Path) -> None:
    """Score one network on every material, and on particles of every size."""
    model = Model.load(str(path))
    upscale = partial(upscaled, model)
    materials, pictures = {}, []
    for material in plan.materials:
        materials[material], shown = score(upscale, _tests(plan, training, material))
        pictures += shown
    particles = {}
    if training.material == FIRST_MATERIAL and training.images == plan.enough:
        for size in plan.sizes:
            tests = particle_images(size, training.factor, plan.particle_images)
            particles[f"{size:g}"], shown = score(upscale, tests)
            pictures += shown[:1]
    final(folder).write({"materials": materials, "particles": particles}, pictures)


def _tests(plan: Plan, training: Training, material: str) -> tuple[TestImage, ...]:
    return material_images(material, training.factor, plan.test_images)
