"""Write down what the series of `colonnade bench tomo` look like, after they were changed.

    python benchmarks/tomo/series_fingerprints.py FOLDER

FOLDER keeps the series that are drawn; that of a run will do.
"""

import argparse
import json
from pathlib import Path

from colonnade.core.work.processors import available_cpus
from colonnade.tomo.bench import cases

FINGERPRINTS = Path(cases.__file__).with_name("fingerprints.json")


def main() -> None:
    """Draw all series, and write their fingerprints into the package."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    chosen = [*cases.list_cases(False, None), *cases.list_cases(True, None)]
    test_set = cases.TestSet(tuple(chosen), None, available_cpus())
    test_set.prepare(folder, lambda done, total: None)
    lines = [
        f"{json.dumps(case.name)}: [{', '.join(f'{value:.6g}' for value in values)}]"
        for case in chosen
        for values in [cases.fingerprint(cases.read_series(folder, case))]
    ]
    FINGERPRINTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
