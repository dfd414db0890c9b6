"""Tests of the roster import."""
