"""The default store: TinyDB documents in one SQLite file."""
