"""The face: a viewer for pages and notebooks, and what they ask for."""
