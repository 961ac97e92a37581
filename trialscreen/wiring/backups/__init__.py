"""What a backup needs beside PostgreSQL's own programs: a seal with a key, and a proof of what came back."""
