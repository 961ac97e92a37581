"""A history of concurrent work over HTTP: made by clients, and judged by a checker that knows no HTTP and no database."""
