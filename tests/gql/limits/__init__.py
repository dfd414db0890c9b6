"""Tests of what an operation may be and cost."""
