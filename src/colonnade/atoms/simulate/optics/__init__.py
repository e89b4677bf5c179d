"""How the microscope sees a specimen: the probe, what columns scatter, and the background."""
