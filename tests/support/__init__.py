"""What tests share: the cast, a client, the service here and as a process of its own."""
