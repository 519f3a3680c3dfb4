"""The REST API: what every app's part of it shares. Addresses are below /api/v1/; docs/api.md says how to use them."""
