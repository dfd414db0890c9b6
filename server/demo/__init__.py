"""A sample organisation to try everything with, kept under one directory."""
