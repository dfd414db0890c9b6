"""The service: settings, who calls, the endpoint, the command line. Imports gql."""
