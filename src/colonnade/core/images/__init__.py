"""Images and volumes, and what every wing does to them."""
