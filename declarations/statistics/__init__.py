"""The bureau's picture of a round, counted by the database: one file a subject. `sections` puts it on the page."""
