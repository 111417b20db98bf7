"""A new version of a policy document: compared with the one in use, and used together with the answers that fit it."""
