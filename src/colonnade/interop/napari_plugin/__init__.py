"""What napari shows of Colonnade: a reader, and a panel for each verb; `napari.yaml` lists them."""
