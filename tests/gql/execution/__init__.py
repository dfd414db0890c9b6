"""Tests of gql.execution."""
