"""Which settings there are, and how what is typed becomes what the file says: pure."""
