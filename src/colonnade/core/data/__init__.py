"""Labelled data on disk, and how it is split."""
