/**
 * The kill switch as its user meets it: a click over HTTP while workers trade, are killed, or have their database crash (promise P15).
 *
 * What would make it vacuous: no entries before the click, no proposals after it (both are counted), a switch that no worker could ever miss:
 * the control's workers never hear of it, and must be found out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killSwitchOverHttp } from './kill-switch.suite.ts';

test('P15 no entry leaves 2 s after the click, none works after 10 s, nothing comes back before or after the release', async (t) => {
  const { ran, failures, notes } = await killSwitchOverHttp.run(killSwitchOverHttp.fast, 1, Number.POSITIVE_INFINITY);
  t.diagnostic(notes);
  assert.equal(ran, killSwitchOverHttp.fast);
  assert.deepEqual(failures, []);
});

test('P15 control: a worker that never hears of the switch is found out', async () => {
  const result = await killSwitchOverHttp.control?.();
  assert.ok(result !== undefined && result.failed > 0, 'expected the control to fail');
});
