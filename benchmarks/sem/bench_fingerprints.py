"""Write down what the images of `colonnade bench sem` look like, after they were changed.

    python benchmarks/sem/bench_fingerprints.py FOLDER

FOLDER keeps the images that are drawn.
"""

import argparse
import json
from pathlib import Path

from colonnade.core.work.processors import available_cpus
from colonnade.sem.bench import cases

FINGERPRINTS = Path(cases.__file__).with_name("fingerprints.json")


def main() -> None:
    """Draw all images, and write their fingerprints into the package."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    chosen = dict.fromkeys([*cases.list_cases(False, None), *cases.list_cases(True, None)])
    test_set = cases.TestSet(tuple(chosen), None, available_cpus())
    test_set.prepare(folder, lambda done, total: None)
    lines = [
        f"{json.dumps(case.name)}: [{', '.join(f'{value:.6g}' for value in values)}]"
        for case in chosen
        for values in [cases.fingerprint(cases.read_image(folder, case))]
    ]
    FINGERPRINTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
