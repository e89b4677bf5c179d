"""What the page asks of the server, over HTTP; see /api/openapi.json."""
