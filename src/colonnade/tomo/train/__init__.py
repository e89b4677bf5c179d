"""Networks for tomography, trained."""
