import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Lane } from '@bellwether/kernel';
import type { WallClock } from '../feed/pace.ts';
import { BrokerLanes, type RateLeft } from './broker-lanes.ts';

/** A clock that moves when it is told to; whoever waits for an instant is woken when it has come. */
class HandClock implements WallClock {
  #now = 1_000_000;
  #waiting: { readonly at: number; readonly wake: () => void }[] = [];
  now = () => this.#now;
  waitUntil = (at: number) =>
    new Promise<void>((wake) => {
      this.#waiting.push({ at, wake });
    });
  async advance(ms: number): Promise<void> {
    this.#now += ms;
    for (const { at, wake } of this.#waiting) if (at <= this.#now) wake();
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now);
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function lanes(requestsPerMinute: number | null, rateLeft: () => RateLeft | null = () => null) {
  const clock = new HandClock();
  return { clock, lanes: new BrokerLanes({ clock, requestsPerMinute, rateLeft }) };
}

/** Enters `count` requests that end at once. Returns how many have been made. */
function enterMany(to: BrokerLanes, lane: Lane, count: number): () => number {
  let made = 0;
  for (let i = 0; i < count; i++)
    to.enter(lane, async () => {
      made += 1;
    });
  return () => made;
}

describe('the lanes to a broker', () => {
  test('P: a protective request does not wait behind entries and reads that stall for a minute', async () => {
    const { lanes: to, clock } = lanes(200);
    const never = () => new Promise<void>(() => undefined);
    for (let i = 0; i < 30; i++) {
      to.enter('entry', never);
      to.enter('read', never);
    }
    const made = enterMany(to, 'protect', 50);
    await settled();
    await settled();
    assert.equal(clock.now(), 1_000_000);
    assert.equal(made(), 50);
  });

  test('leave reads 60 requests of 200 a minute, entries 40, and protection the rest', async () => {
    const { lanes: to, clock } = lanes(200);
    const reads = enterMany(to, 'read', 100);
    const entries = enterMany(to, 'entry', 100);
    const protective = enterMany(to, 'protect', 40);
    for (let i = 0; i < 120; i++) await settled();
    assert.deepEqual([reads(), entries(), protective()], [60, 40, 40]);
    await clock.advance(60_000);
    for (let i = 0; i < 120; i++) await settled();
    assert.deepEqual([reads(), entries()], [100, 80]);
    to.close();
  });

  test('pause entries while fewer than 60 requests are left', async () => {
    const { lanes: to, clock } = lanes(200);
    enterMany(to, 'protect', 141);
    for (let i = 0; i < 120; i++) await settled();
    const entries = enterMany(to, 'entry', 1);
    await settled();
    assert.equal(entries(), 0);
    await clock.advance(60_000);
    assert.equal(entries(), 1);
  });

  test('keep the order of a lane, give a budget back that was not used, and forget what waits when closed', async () => {
    const { lanes: to } = lanes(10);
    const order: number[] = [];
    for (let i = 0; i < 8; i++)
      to.enter('entry', async (turn) => {
        order.push(i);
        turn.unused();
      });
    for (let i = 0; i < 20; i++) await settled();
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
    const after = enterMany(to, 'read', 9);
    to.close();
    await settled();
    assert.ok(after() <= 2);
    assert.equal(to.outstanding, 0);
  });

  test('P: a protective request does not wait behind looks that hang', async () => {
    const { lanes: to } = lanes(200);
    for (let i = 0; i < 30; i++) to.enter('look', () => new Promise<void>(() => undefined), { requests: 2 });
    const made = enterMany(to, 'protect', 50);
    for (let i = 0; i < 60; i++) await settled();
    assert.equal(made(), 50);
  });

  test('make one read of a kind at a time, while others go on', async () => {
    const { lanes: to } = lanes(null);
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const read = (name: string, alone: string) =>
      to.enter(
        'read',
        () =>
          new Promise<void>((resolve) => {
            begun.push(name);
            ends.push(resolve);
          }),
        { alone },
      );
    read('first orders', 'orders');
    read('second orders', 'orders');
    read('positions', 'positions');
    await settled();
    assert.deepEqual(begun, ['first orders', 'positions']);
    assert.equal(to.outstanding, 3);
    ends[0]?.();
    await settled();
    assert.deepEqual(begun, ['first orders', 'positions', 'second orders']);
  });

  test('count every request that a look makes', async () => {
    const { lanes: to } = lanes(100);
    let looks = 0;
    for (let i = 0; i < 60; i++)
      to.enter(
        'look',
        async () => {
          looks += 1;
        },
        { requests: 2 },
      );
    const protective = enterMany(to, 'protect', 20);
    for (let i = 0; i < 120; i++) await settled();
    assert.ok(looks <= 46, `expected looks to leave protection its last tenth, were ${looks}`);
    assert.ok(protective() >= 10);
    to.close();
  });

  test('pause entries when the broker itself says that fewer than 60 are left, until its count begins anew', async () => {
    let left: RateLeft | null = { remaining: 59, resetsAt: 1_000_000 + 20_000 };
    const { lanes: to, clock } = lanes(null, () => left);
    const entries = enterMany(to, 'entry', 1);
    const protective = enterMany(to, 'protect', 1);
    await settled();
    assert.deepEqual([entries(), protective()], [0, 1]);
    await clock.advance(19_000);
    assert.equal(entries(), 0);
    await clock.advance(1_000);
    assert.equal(entries(), 1);
    // Its clock is an hour ahead of ours, or it says no time at all: a count lasts a minute.
    for (const resetsAt of [clock.now() + 3_600_000, null]) {
      left = { remaining: 0, resetsAt };
      const next = enterMany(to, 'entry', 1);
      await clock.advance(59_000);
      assert.equal(next(), 0);
      await clock.advance(1_000);
      assert.equal(next(), 1);
    }
  });
});
