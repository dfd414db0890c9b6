"""What the service is measured beside, each a server in a process of its own."""
