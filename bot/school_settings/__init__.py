"""What an office changes in school.toml, on the page Settings."""
