"""What was there before networks: denoisers, deconvolution, and their best settings."""
