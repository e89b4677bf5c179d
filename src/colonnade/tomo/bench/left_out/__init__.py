"""Real series, of which views are left out and predicted."""
