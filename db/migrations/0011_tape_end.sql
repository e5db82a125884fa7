-- A position that its demo tape left open is closed at the tape's last price: no trade of a market, and named as what it is.
ALTER TABLE engine.trades DROP CONSTRAINT trades_close_reason_check;
ALTER TABLE engine.trades ADD CONSTRAINT trades_close_reason_check CHECK (close_reason IN
    ('target_1', 'target_2', 'stop', 'breakeven_stop', 'signal_exit', 'manual', 'eod_flatten', 'kill_switch', 'emergency', 'external', 'no_fill',
     'tape_end'));
