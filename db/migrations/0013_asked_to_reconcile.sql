-- A release waits for ledger and broker to agree, and an account that is idle is looked at by nobody: its owner may ask for it.
ALTER TABLE engine.account_inbox DROP CONSTRAINT account_inbox_kind_check,
  ADD CONSTRAINT account_inbox_kind_check CHECK (kind IN ('proposal', 'close', 'cancel_entries', 'market', 'reconcile'));
COMMENT ON COLUMN engine.account_inbox.body IS
  'close: {position_id, reason, intervention_id}; cancel_entries: {pipeline_id, execution_id, reason}, either id may be null; reconcile: {}.';
ALTER POLICY app_asks ON engine.account_inbox WITH CHECK (kind IN ('close', 'cancel_entries', 'reconcile'));
