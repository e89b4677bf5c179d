"""Train networks for tilt series and for images with noise."""
