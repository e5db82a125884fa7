import { HttpErrorResponse } from '@angular/common/http';
import { Injectable, inject, signal } from '@angular/core';
import type { LiveEvent } from '../../api/live-event.ts';
import { ReadOnce } from '../../api/read.ts';
import { SessionStore } from '../session-store.ts';
import { type LiveSocket, OPEN_SOCKET } from './live-socket.ts';
import { LiveStore } from './live-store.ts';

export type ConnectionPhase = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'offline';

/** Silence is noticed after at most 5 s + 2 s. */
const ASK_EVERY_MS = 5000;
const ANSWER_WITHIN_MS = 2000;
const BACKOFF_MS = [500, 1000, 2000, 4000, 8000] as const;
const POLL_AFTER_MS = 5000;
const POLL_EVERY_MS = 2000;
const SOCKET_AGAIN_MS = 15_000;
/** The most that one answer of the server carries. */
const PAGE = 200;
const CLOSED_SESSION_ENDED = 4401;
/** The server no longer keeps what a resume asks for. */
const GONE = 410;

/**
 * One connection per tab: connecting → live → reconnecting → polling → offline, and back.
 *
 * Invariants
 * 1. Every resume, by socket or by poll, starts after the last applied number.
 * 2. Events reach the store in one order, from one transport at a time.
 * 3. A stopped connection has neither socket nor timer.
 */
@Injectable({ providedIn: 'root' })
export class LiveConnection {
  readonly #read = inject(ReadOnce);
  readonly #store = inject(LiveStore);
  readonly #session = inject(SessionStore);
  readonly #openSocket = inject(OPEN_SOCKET);
  readonly #phase = signal<ConnectionPhase>('connecting');
  readonly #lostAt = signal<number | undefined>(undefined);
  readonly phase = this.#phase.asReadonly();
  /** When the stream was lost, by this computer's clock; undefined while live. */
  readonly lostAt = this.#lostAt.asReadonly();

  #isRunning = false;
  #hasBaseline = false;
  #socket: LiveSocket | undefined;
  #tries = 0;
  #asked = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();
  #isPolling = false;
  /** A poll whose round is over is dropped, so that two never run side by side. */
  #pollRound = 0;
  #pending: LiveEvent[] = [];

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#phase.set('connecting');
    void this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    this.#hasBaseline = false;
    this.#isPolling = false;
    this.#tries = 0;
    this.#clearTimers();
    this.#dropSocket();
    this.#lostAt.set(undefined);
    this.#phase.set('connecting');
  }

  async #connect(): Promise<void> {
    if (!this.#hasBaseline) {
      try {
        const page = await this.#read.get('/events', { query: { limit: 1 } });
        this.#store.startFrom(page.last_seq);
        this.#hasBaseline = true;
      } catch {
        return this.#lost();
      }
    }
    if (this.#isRunning) this.#open();
  }

  #open(): void {
    this.#dropSocket();
    let socket: LiveSocket | undefined;
    // A socket that was dropped may still speak; only the present one is heard.
    const isPresent = () => socket !== undefined && this.#socket === socket;
    socket = this.#openSocket(this.#store.seq(), {
      opened: () => {
        if (isPresent()) this.#opened();
      },
      received: (data) => {
        if (isPresent()) this.#receive(data);
      },
      closed: (code) => {
        if (isPresent()) this.#closed(code);
      },
    });
    this.#socket = socket;
  }

  #opened(): void {
    this.#tries = 0;
    this.#isPolling = false;
    this.#clearTimers();
    this.#lostAt.set(undefined);
    this.#phase.set('live');
    this.#later(ASK_EVERY_MS, () => this.#ask());
  }

  #closed(code: number): void {
    this.#socket = undefined;
    if (code === CLOSED_SESSION_ENDED) {
      this.stop();
      this.#session.expire();
    } else this.#lost();
  }

  #ask(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const id = ++this.#asked;
    socket.send(JSON.stringify({ type: 'ping', id }));
    const unanswered = this.#later(ANSWER_WITHIN_MS, () => {
      this.#dropSocket();
      this.#lost();
    });
    this.#answered = (answer) => {
      if (answer !== id) return;
      this.#cancel(unanswered);
      this.#later(ASK_EVERY_MS, () => this.#ask());
    };
  }

  #answered: (id: number) => void = () => undefined;

  #receive(data: unknown): void {
    const frame = parseFrame(data);
    if (frame === undefined) return;
    if ('type' in frame) {
      if (frame.type === 'pong') this.#answered(frame.id);
      return;
    }
    // One write per animation frame: a fast tape sends hundreds of events a second.
    if (this.#pending.push(frame) === 1) requestAnimationFrameOrTimeout(() => this.#flush());
  }

  #flush(): void {
    const events = this.#pending;
    this.#pending = [];
    if (!this.#isRunning) return;
    this.#store.apply(events);
    if (this.#store.hasGap()) {
      this.#dropSocket();
      this.#lost();
    }
  }

  #lost(): void {
    if (!this.#isRunning) return;
    this.#clearTimers();
    if (this.#lostAt() === undefined) this.#lostAt.set(Date.now());
    const silentFor = Date.now() - (this.#lostAt() ?? Date.now());
    if (this.#isPolling || silentFor >= POLL_AFTER_MS) return this.#startPolling();
    this.#phase.set('reconnecting');
    const wait = BACKOFF_MS[Math.min(this.#tries++, BACKOFF_MS.length - 1)] ?? 8000;
    // Jitter: after a restart of the server not every tab may come back in the same instant.
    this.#later(wait * (0.75 + Math.random() * 0.5), () => void this.#connect());
    this.#later(POLL_AFTER_MS - silentFor, () => this.#startPolling());
  }

  #startPolling(): void {
    this.#clearTimers();
    this.#isPolling = true;
    this.#later(SOCKET_AGAIN_MS, () => void this.#connect());
    void this.#poll(++this.#pollRound);
  }

  async #poll(round: number): Promise<void> {
    const isMine = () => this.#isRunning && this.#isPolling && round === this.#pollRound;
    try {
      const since = this.#hasBaseline ? { since: this.#store.seq(), limit: PAGE } : { limit: 1 };
      const page = await this.#read.get('/events', { query: since });
      if (!isMine()) return;
      if (this.#hasBaseline) this.#store.apply(page.items);
      else this.#store.startFrom(page.last_seq);
      this.#hasBaseline = true;
      this.#phase.set('polling');
    } catch (error) {
      if (!isMine()) return;
      if (error instanceof HttpErrorResponse && error.status === GONE) this.#hasBaseline = false;
      this.#phase.set('offline');
    }
    this.#later(POLL_EVERY_MS, () => {
      if (isMine()) void this.#poll(round);
    });
  }

  #dropSocket(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #later(ms: number, act: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #cancel(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

type Frame = LiveEvent | { readonly type: 'pong'; readonly id: number } | { readonly type: 'prices' };

function parseFrame(data: unknown): Frame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && ('event' in value || 'type' in value)
      ? (value as Frame)
      : undefined;
  } catch {
    // Half a frame of a dying socket; the resume brings the event again.
    return undefined;
  }
}

/** A hidden tab draws no frames, but its state must stay current. */
function requestAnimationFrameOrTimeout(act: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(act);
  else setTimeout(act, 100);
}
