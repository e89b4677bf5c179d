"""Labelled STEM images: specimen, optics, and what can be detected in them."""
