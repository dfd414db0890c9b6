"""Measurements of the service beside those it would be picked over; README.md explains them."""
