"""The examples of docs/embedding.md, run with the real npm clients."""
