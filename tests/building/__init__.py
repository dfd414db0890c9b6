"""Building the pages, and the wheel with them."""
