"""What napari shows of Colonnade, as `napari.yaml` lists it: a reader, and panels for verbs."""
