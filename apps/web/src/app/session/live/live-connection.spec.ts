import { HttpErrorResponse } from '@angular/common/http';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EventPage } from '../../api/live-event.ts';
import { ReadOnce } from '../../api/read.ts';
import { anEvent } from '../../api/wire.fake.ts';
import { SessionStore } from '../session-store.ts';
import { LiveConnection } from './live-connection.ts';
import { OPEN_SOCKET, type SocketHandlers } from './live-socket.ts';
import { LiveStore } from './live-store.ts';

class FakeSocket {
  readonly said: string[] = [];
  isClosed = false;
  readonly since: number;
  readonly handlers: SocketHandlers;
  constructor(since: number, handlers: SocketHandlers) {
    this.since = since;
    this.handlers = handlers;
  }
  send(text: string): void {
    this.said.push(text);
  }
  close(): void {
    this.isClosed = true;
  }
  answerLastPing(): void {
    this.handlers.received(JSON.stringify({ ...JSON.parse(this.said.at(-1) ?? '{}'), type: 'pong' }));
  }
}

class FakeEvents {
  readonly asked: (number | undefined)[] = [];
  page: EventPage | HttpErrorResponse = { items: [], last_seq: 7 };
  get(_path: string, params: { query?: { since?: number } }): Promise<EventPage> {
    this.asked.push(params.query?.since);
    return this.page instanceof HttpErrorResponse ? Promise.reject(this.page) : Promise.resolve(this.page);
  }
}

describe('the live connection', () => {
  const sockets: FakeSocket[] = [];
  let events: FakeEvents;
  let connection: LiveConnection;
  let store: LiveStore;
  let expired = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets.length = 0;
    expired = 0;
    events = new FakeEvents();
    TestBed.configureTestingModule({
      providers: [
        { provide: ReadOnce, useValue: events },
        { provide: SessionStore, useValue: { expire: () => expired++ } },
        {
          provide: OPEN_SOCKET,
          useValue: (since: number, handlers: SocketHandlers) => {
            const socket = new FakeSocket(since, handlers);
            sockets.push(socket);
            return socket;
          },
        },
      ],
    });
    connection = TestBed.inject(LiveConnection);
    store = TestBed.inject(LiveStore);
  });
  afterEach(() => {
    connection.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  const last = () => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('expected a socket, was none');
    return socket;
  };
  async function goLive() {
    connection.start();
    await vi.advanceTimersByTimeAsync(0);
    last().handlers.opened();
  }

  test('starts after the newest number and is live when the socket opens', async () => {
    await goLive();
    expect([connection.phase(), last().since, connection.lostAt()]).toEqual(['live', 7, undefined]);
  });

  test('resumes after the last applied event, backing off', async () => {
    await goLive();
    last().handlers.received(JSON.stringify({ ...anEvent('timer_fired', 1, {}), seq: 8 }));
    await vi.advanceTimersByTimeAsync(200);
    expect(store.seq()).toBe(8);
    last().handlers.closed(1006);
    expect(connection.phase()).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(700);
    expect([sockets.length, last().since]).toEqual([2, 8]);
  });

  test('silence is noticed within seven seconds', async () => {
    await goLive();
    await vi.advanceTimersByTimeAsync(5000);
    last().answerLastPing();
    await vi.advanceTimersByTimeAsync(5000);
    expect(connection.phase()).toBe('live');
    await vi.advanceTimersByTimeAsync(2000);
    expect([connection.phase(), sockets[0]?.isClosed]).toEqual(['reconnecting', true]);
  });

  test('a missed number drops the socket and resumes before it', async () => {
    await goLive();
    last().handlers.received(JSON.stringify({ ...anEvent('timer_fired', 3, {}), seq: 10 }));
    await vi.advanceTimersByTimeAsync(1000);
    expect([sockets.length, last().since]).toEqual([2, 7]);
  });

  test('polls after five seconds, loses nothing, and goes back to the socket', async () => {
    await goLive();
    events.page = { items: [{ ...anEvent('timer_fired', 1, {}), seq: 8 }], last_seq: 8 };
    for (let second = 0; second < 8; second++) {
      if (!last().isClosed) last().handlers.closed(1006);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect([connection.phase(), store.seq()]).toEqual(['polling', 8]);
    const tried = sockets.length;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(sockets.length).toBeGreaterThan(tried);
    last().handlers.opened();
    const asked = events.asked.length;
    await vi.advanceTimersByTimeAsync(4000);
    expect([connection.phase(), last().since, events.asked.length]).toEqual(['live', 8, asked]);
  });

  test('says offline when polling fails too', async () => {
    await goLive();
    events.page = new HttpErrorResponse({ status: 0 });
    for (let second = 0; second < 8; second++) {
      last().handlers.closed(1006);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(connection.phase()).toBe('offline');
    expect(connection.lostAt()).toBeDefined();
  });

  test('an ended session is not retried', async () => {
    await goLive();
    last().handlers.closed(4401);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([expired, sockets.length]).toEqual([1, 1]);
  });
});
