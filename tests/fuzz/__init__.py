"""Input at random: whatever comes, the answer is one that a client can understand."""
