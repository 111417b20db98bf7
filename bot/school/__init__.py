"""The school's documents, settings and calendar."""
