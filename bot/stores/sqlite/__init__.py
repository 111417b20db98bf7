"""The default store: one SQLite file. Small tables are TinyDB's, tables that grow are read by key or index."""
