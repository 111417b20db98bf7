"""The second store: schools in one PostgreSQL database, written by one writer for each replica."""
