"""The pages that come with the service: Messages and the explorer, as Vite built them."""
