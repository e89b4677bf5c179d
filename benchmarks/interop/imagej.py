"""Whether ImageJ itself puts points, scales and planes where they belong.

    python benchmarks/interop/imagej.py ij.jar

Wants Java with a screen, or with Xvfb, and any ImageJ from 1.52u on. It opens a stack of 30 x 52
pixels in which two pixels are bright, with pixels that are not square, and selections on these
pixels; it measures them, and a particle, and saves what it has, which comes back here.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from colonnade import Columns, write_tiff
from colonnade.core.images.volume import Volume
from colonnade.interop import from_imagej, to_imagej

SHAPE, VOXEL = (30, 52), (5.0, 0.02, 0.05)
BRIGHT = np.array([[7, 20], [22, 41]])
"""Rows of (y, x) of the bright pixels."""

MACRO = """
path = "FOLDER/";
open(path + "stack.tif");
getVoxelSize(width, height, depth, unit);
print("ImageJ " + getVersion() + ": " + nSlices + " planes of " + depth + " " + unit
    + ", pixels of " + height + " x " + width + " " + unit);
run("Set Measurements...", "area mean centroid stack decimal=9");
roiManager("Open", path + "points.zip");
for (i = 0; i < roiManager("count"); i++) {
    roiManager("select", i);
    getSelectionCoordinates(x, y);
    print("slice " + getSliceNumber() + ", point at y " + y[0] + ", x " + x[0]
        + ": grey level " + getPixel(x[0], y[0]));
    run("Measure");
}
saveAs("Results", path + "measured.csv");
roiManager("deselect");
roiManager("Save", path + "saved.zip");
run("Clear Results");
run("Select None");
setSlice(2);
setThreshold(3000, 1e9);
run("Analyze Particles...", "display clear slice");
saveAs("Results", path + "particles.csv");
"""


def main() -> None:
    """Print what ImageJ says, and what comes back from it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("jar", type=Path)
    jar: Path = parser.parse_args().jar
    image = np.zeros(SHAPE, np.float32)
    image[tuple(BRIGHT.T)] = 1000, 2000
    points = Columns(BRIGHT[:, 0], BRIGHT[:, 1], labels={"frame": np.arange(2)})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tiff(folder / "stack.tif", Volume(np.stack([image, 2 * image]), VOXEL))
        to_imagej(points, folder / "points.zip")
        (folder / "run.ijm").write_text(MACRO.replace("FOLDER", name))
        command = ["java", "-cp", str(jar), "ij.ImageJ", "-batch", str(folder / "run.ijm")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print("\n".join(line for line in done.stdout.splitlines() if line[:1] in "Is"))
        for file in ("saved.zip", "measured.csv", "particles.csv"):
            found = from_imagej(folder / file, None if file == "saved.zip" else VOXEL[1:])
            print(f"{file} says (y, x): {found.positions.round(6).tolist()}")


if __name__ == "__main__":
    main()
