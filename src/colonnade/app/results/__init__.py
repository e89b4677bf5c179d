"""What came of a job, as a page shows it and as it is taken along."""
