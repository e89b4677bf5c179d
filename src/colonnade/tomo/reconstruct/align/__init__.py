"""Align tilt series: shifts of views, and where the tilt axis is."""
