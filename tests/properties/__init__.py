"""The service against a model of it: whatever people do, everybody sees what the rules say."""
