import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { StatusWire } from '@bellwether/contracts';
import type { Static } from 'typebox';
import { addAccount, addHolding, asEngine } from '../../account.fake.ts';
import { addHistory } from '../../history.fake.ts';
import { openWorld, type World } from '../../world.fake.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());

test('the banner names the highest mode in which something of the reader’s trades, and nobody else’s', async () => {
  const [trader, other] = [await world.addUser('trader'), await world.addUser('other')];
  const banner = async (user: typeof trader) =>
    (await world.ask(user, { method: 'GET', url: '/api/v1/status' })).json<Static<typeof StatusWire>>().mode_banner;
  const nothing = { mode: 'simulation', text: 'SIMULATION · nothing here uses real money' };
  const history = await addHistory(world, trader);
  assert.deepEqual(await banner(trader), nothing);
  const { positionId } = await addHolding(world, trader, await addAccount(world, trader), history);
  assert.deepEqual(await banner(trader), {
    mode: 'paper',
    text: 'PAPER · 1 pipeline on the sandbox on this machine · nothing here uses real money',
  });
  assert.deepEqual(await banner(other), nothing);
  await asEngine(world)(
    "UPDATE engine.positions SET state = 'closed', quantity = 0, closed_at = now() WHERE id = $1",
    positionId,
  );
  assert.deepEqual(await banner(trader), nothing);
});
