-- A price is as old as the market that made it, which a tape plays at its own time; null where the writer's clock is the market's.
ALTER TABLE engine.positions ADD COLUMN last_price_at timestamptz;
