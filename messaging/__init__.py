"""What may happen: rules, actions, reads, the feed, the doorbell. Imports models only."""
