"""What is compared, by which scores and limits, and how the report says it."""

from collections.abc import Iterator
from importlib.resources import files

from colonnade.core.bench.case import Series
from colonnade.core.bench.results import Results
from colonnade.core.bench.study import Limit, Pictures, Section, Study, Task, Total, Wording
from colonnade.tomo.bench import library_series, outputs, pictures
from colonnade.tomo.bench.by_family import family_sections
from colonnade.tomo.bench.cases import read_series
from colonnade.tomo.bench.gallery import gallery_section
from colonnade.tomo.bench.measure import COLUMNS, COMPARISON, pool, scores_of
from colonnade.tomo.bench.shell_curves import shell_section
from colonnade.tomo.bench.test_series import GEOMETRIES, NOISE, QUICK

LIMITS = (
    Limit("psnr", "PSNR", "dB", 25.0, upper=False, span=(10.0, 45.0)),
    Limit("ssim", "SSIM", "", 0.8, upper=False, span=(0.0, 1.02)),
    Limit("fsc_missing", "FSC in the wedge", "", 0.5, upper=False, span=(-0.1, 1.02)),
    Limit("residual", "residual", "noise", 1.1, upper=True, span=(0.8, 3.0)),
)

TOTALS = (
    Total("psnr", "PSNR<small>dB</small>"),
    Total("psnr_least", "PSNR<small>dB, worst</small>"),
    Total("ssim", "SSIM"),
    Total("fsc_measured", "FSC<small>measured part</small>"),
    Total("fsc_missing", "FSC<small>missing wedge</small>"),
    Total("residual", "residual<small>noise</small>"),
    Total("auroc", "AUROC<small>of the intervals</small>"),
    Total("coverage", "inside interval<small>90 % if right</small>", percent=True),
)

TOTALS_MEANING = (
    "Medians over all series, and the worst PSNR. FSC: Fourier shell correlation with the truth, "
    "averaged over the shells, in the directions that the views measure and in the wedge that "
    "they leave out. Residual: what the volume leaves of the views, in their noise; 1 is right. "
    "AUROC: how well the width of the intervals tells wrong voxels from right ones inside the "
    "specimen."
)


def _sections(results: Results) -> Iterator[Section]:
    yield from family_sections(results)
    yield from shell_section(results)
    yield from gallery_section(results)


STUDY = Study(
    wing="tomo",
    model_method="network",
    task=Task(
        read=read_series,
        measure=scores_of,
        failed=outputs.no_output,
        write=outputs.write_output,
        suffix=outputs.SUFFIX,
        columns=COLUMNS,
    ),
    series=(
        *(Series(one.name, one.title, (NOISE,)) for one in (*GEOMETRIES, QUICK)),
        Series(library_series.NAME, "Series of the library"),
    ),
    limits=LIMITS,
    pool=pool,
    totals=TOTALS,
    published=(),
    wording=Wording(
        title="Benchmark of methods that reconstruct tilt series",
        comparison=COMPARISON,
        totals=TOTALS_MEANING,
        method=(files("colonnade.tomo.bench") / "method.html").read_text(encoding="utf-8"),
    ),
    pictures=Pictures(draw_examples=pictures.draw_examples),
    sections=_sections,
)
