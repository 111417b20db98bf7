"""Where the school's people, groups, calendars and recordings are known from: files, or Microsoft 365."""
