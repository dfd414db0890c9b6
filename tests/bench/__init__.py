"""The benchmark's pieces, at a tiny scale."""
