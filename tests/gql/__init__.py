"""Tests of gql."""
