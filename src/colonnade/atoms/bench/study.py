"""What is compared, by which scores and limits, and how the report says it.

The published curves and cut-offs of AtomSegNet and AtomNet on simulated images of SrTiO3 [100] and
WS2 are those of Wei, Blaiszik, Morgan and Voyles, on their own images; nothing was run again.
"""

import re
from importlib.resources import files

from colonnade.atoms.bench import pictures
from colonnade.atoms.bench.cases import EXPERIMENT, read_image
from colonnade.atoms.bench.degradation_series import AXES, MATERIALS
from colonnade.atoms.bench.measure import COLUMNS, GATE, nothing_found, pool, scores_of
from colonnade.atoms.bench.structures import STRUCTURES
from colonnade.atoms.columns import Columns
from colonnade.core.bench.case import Series
from colonnade.core.bench.published import parse_published
from colonnade.core.bench.study import Limit, Pictures, Study, Task, Total, Wording

LIMITS = (
    Limit("recall", "recall", "", 0.90, upper=False, span=(0.0, 1.02)),
    Limit("precision", "precision", "", 0.95, upper=False, span=(0.0, 1.02)),
    Limit("rms_pm", "RMS error", "pm", 30.0, upper=True, span=(0.1, 100.0), logarithmic=True),
)

TOTALS = (
    Total("crlb_ratio", "error over<br>the CRLB"),
    Total("within_1", "within 1 &sigma;<small>68 % if right</small>", percent=True),
    Total("within_2", "within 2 &sigma;<small>95 % if right</small>", percent=True),
    Total("bias_y_pm", "bias y<small>pm</small>"),
    Total("bias_x_pm", "bias x<small>pm</small>"),
    Total("p95_pm", "95th percentile<small>pm</small>"),
)

TOTALS_MEANING = (
    "Recall, precision and RMS error are those of all columns of a series, with 95 % intervals. "
    "Error over the CRLB: the median error in units of the smallest that the electrons allow. "
    "Within 1 &sigma; and 2 &sigma;: how often the true position is inside so many of the "
    "standard errors that the method states; empty where it states none. These, the bias and the "
    "percentile are the mean over all images, each with the weight of the columns that were found "
    "in it."
)


def formula(name: str) -> str:
    """Write the name of a material with the small digits of its formula."""
    small = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    return re.sub(r"(?<=[A-Za-z])\d+", lambda digits: digits[0].translate(small), name)


def _text(name: str) -> str:
    return (files("colonnade.atoms.bench") / name).read_text(encoding="utf-8")


STUDY = Study(
    wing="atoms",
    model_method="ours",
    task=Task(
        read=read_image,
        measure=scores_of,
        failed=nothing_found,
        write=Columns.to_csv,
        suffix=pictures.SUFFIX,
        columns=COLUMNS,
    ),
    series=(
        *(Series(one.crystal, formula(one.crystal), AXES) for one in MATERIALS),
        Series(STRUCTURES, "Other structures", shown=True),
        Series(EXPERIMENT, "Experiments"),
    ),
    limits=LIMITS,
    pool=pool,
    totals=TOTALS,
    published=parse_published(_text("published.json")),
    wording=Wording(
        title="Benchmark of methods that locate atom columns",
        comparison=GATE,
        totals=TOTALS_MEANING,
        method=_text("method.html"),
    ),
    pictures=Pictures(
        draw_examples=pictures.draw_examples,
        draw_sheet=pictures.draw_sheet,
        sheet_size=pictures.SHEET[0] * pictures.SHEET[1],
    ),
)
