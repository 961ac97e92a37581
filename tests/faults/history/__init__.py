"""A history of concurrent work over HTTP: made by clients, judged by a checker that knows no HTTP and no database."""
