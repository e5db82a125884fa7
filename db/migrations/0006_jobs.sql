-- pg-boss keeps its tables in a schema of the engine's and makes them when the first worker starts; the application
-- only enqueues there. Jobs carry ids and nothing else: the rows they name are under row-level security, jobs are not.
DO $$
BEGIN
  EXECUTE format('GRANT CREATE ON DATABASE %I TO bellwether_engine', current_database());
END $$;

SET LOCAL ROLE bellwether_engine;
CREATE SCHEMA pgboss;
GRANT USAGE ON SCHEMA pgboss TO bellwether_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA pgboss GRANT SELECT, INSERT, UPDATE ON TABLES TO bellwether_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA pgboss GRANT EXECUTE ON FUNCTIONS TO bellwether_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA pgboss GRANT USAGE ON SEQUENCES TO bellwether_app;
RESET ROLE;
