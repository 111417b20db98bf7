"""Days and documents as the school knows them: pure."""
