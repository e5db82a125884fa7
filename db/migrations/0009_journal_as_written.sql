-- A journal is read back to go on from: its documents must come back as they were written, and jsonb sorts the keys of objects.
ALTER TABLE engine.journal ALTER COLUMN body TYPE json USING body::json;
ALTER TABLE engine.sessions ALTER COLUMN state TYPE json USING state::json;
