"""Recorded lessons: the notice, the 21 days, and whether the recording is gone."""
