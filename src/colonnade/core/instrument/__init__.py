"""What every simulated microscope shares: scan, detector, postprocessing."""
