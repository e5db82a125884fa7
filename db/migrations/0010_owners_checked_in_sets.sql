-- The journal and the stream take thousands of rows a second, a few hundred per statement and a few executions among them. Their
-- foreign keys asked for each row (four fifths of the cost of a flush); these triggers ask the same once per statement and owner.
CREATE FUNCTION engine.check_execution_owners() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stranger record;
BEGIN
  SELECT added.user_id, added.execution_id INTO stranger
    FROM (SELECT DISTINCT user_id, execution_id FROM new_rows WHERE execution_id IS NOT NULL) added
    LEFT JOIN engine.executions e ON e.id = added.execution_id AND e.user_id = added.user_id
   WHERE e.id IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'expected %.% to name an execution of user %, was %', TG_TABLE_SCHEMA, TG_TABLE_NAME, stranger.user_id, stranger.execution_id
      USING ERRCODE = 'foreign_key_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION engine.check_event_owners() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stranger record;
BEGIN
  SELECT added.user_id, added.pipeline_id INTO stranger
    FROM (SELECT DISTINCT user_id, pipeline_id FROM new_rows WHERE pipeline_id IS NOT NULL) added
    LEFT JOIN app.pipelines p ON p.id = added.pipeline_id AND p.user_id = added.user_id
   WHERE p.id IS NULL LIMIT 1;
  IF NOT FOUND THEN
    SELECT added.user_id, NULL::uuid AS pipeline_id INTO stranger
      FROM (SELECT DISTINCT user_id FROM new_rows) added
      LEFT JOIN engine.user_event_counters c ON c.user_id = added.user_id WHERE c.user_id IS NULL LIMIT 1;
  END IF;
  IF FOUND THEN
    RAISE EXCEPTION 'expected %.% to name a user who is counted, and their own pipeline, was user %, pipeline %',
      TG_TABLE_SCHEMA, TG_TABLE_NAME, stranger.user_id, stranger.pipeline_id
      USING ERRCODE = 'foreign_key_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
  END IF;
  RETURN NULL;
END $$;

ALTER TABLE engine.journal DROP CONSTRAINT journal_user_id_execution_id_fkey;
ALTER TABLE engine.events
  DROP CONSTRAINT events_user_id_fkey,
  DROP CONSTRAINT events_user_id_execution_id_fkey,
  DROP CONSTRAINT events_user_id_pipeline_id_fkey;
CREATE TRIGGER journal_execution_owner AFTER INSERT ON engine.journal REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION engine.check_execution_owners();
CREATE TRIGGER events_execution_owner AFTER INSERT ON engine.events REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION engine.check_execution_owners();
CREATE TRIGGER events_pipeline_owner AFTER INSERT ON engine.events REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION engine.check_event_owners();

-- The other half of what the foreign keys promised: what records lean on is neither removed nor handed to somebody else.
CREATE FUNCTION engine.keep_execution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'expected execution % to stay whose it is, was %', OLD.id, lower(TG_OP)
    USING ERRCODE = 'restrict_violation', SCHEMA = 'engine', TABLE = 'executions';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON engine.executions FOR EACH ROW EXECUTE FUNCTION engine.keep_execution();
CREATE TRIGGER owner_kept BEFORE UPDATE OF id, user_id ON engine.executions FOR EACH ROW
  WHEN (NEW.id <> OLD.id OR NEW.user_id <> OLD.user_id) EXECUTE FUNCTION engine.keep_execution();

-- Written once, read as a whole: nothing is gained by taking it apart.
ALTER TABLE engine.events ALTER COLUMN body TYPE json USING body::json;

-- Every step of an execution changes its row: with room on the page, no index is touched by that.
ALTER TABLE engine.executions SET (fillfactor = 60);
