import { type Database, withUser } from '@bellwether/db';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Api } from '../api-plugin.ts';
import { findSession, tokenOf, userOf } from '../http/authentication.ts';
import { streamHead } from '../records/stream-record.ts';
import type { EventTail, Subscription } from './event-tail.ts';

/** What this file uses of a socket of the `ws` library. */
interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'close' | 'error', listener: () => void): void;
}

const PING_MS = 30_000;
const SESSION_ENDED = 4401;
const TOO_SLOW = 4408;
/** A client that leaves this much unread is cut off; it comes back with `since` and loses nothing. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;
const LARGEST_PING_BYTES = 1024;

/** Streams the user's events: first all after `since`, then each as it is committed. Without `since`, from now on. */
export function installWebSocket(
  api: Api,
  database: Database,
  tail: EventTail,
  opened: (change: 1 | -1) => void,
): void {
  api.get(
    '/ws',
    {
      websocket: true,
      schema: {
        tags: ['events'],
        summary: 'Stream events over a WebSocket',
        operationId: 'streamEvents',
        querystring: Type.Object({ since: Type.Optional(Type.Integer({ minimum: 0 })) }),
      },
    },
    (socket: LiveSocket, request: FastifyRequest) => {
      const userId = userOf(request);
      const { since } = request.query as { since?: number };
      const subscription: Subscription = {
        userId,
        lastSeq: since ?? 0,
        deliver: (event) => {
          if (socket.bufferedAmount > MOST_UNREAD_BYTES) end(TOO_SLOW, 'too slow; resume with since');
          else socket.send(JSON.stringify(event));
        },
      };
      let isOpen = true;
      opened(1);
      const close = () => {
        if (!isOpen) return;
        isOpen = false;
        opened(-1);
        clearInterval(pinging);
        tail.remove(subscription);
      };
      const end = (code: number, reason: string) => {
        close();
        socket.close(code, reason);
      };
      const checkSession = async () => {
        socket.ping();
        const token = tokenOf(request);
        const session = token === undefined ? undefined : await findSession(database, token);
        if (session === undefined) end(SESSION_ENDED, 'the session has ended');
      };
      const pinging = setInterval(() => {
        checkSession().catch((error: unknown) =>
          request.log.warn({ err: error }, 'the session of a socket could not be checked'),
        );
      }, PING_MS);
      pinging.unref();
      socket.on('close', close);
      socket.on('error', close);
      socket.on('message', (data, isBinary) => {
        const answer = isBinary || data.length > LARGEST_PING_BYTES ? undefined : pong(data.toString());
        if (answer !== undefined) socket.send(answer);
      });
      withUser(database, userId, (transaction) => streamHead(transaction, userId))
        .then((head) => {
          // A number beyond the newest is from another database: what comes next is news.
          subscription.lastSeq = Math.min(since ?? head, head);
          if (isOpen) tail.add(subscription);
        })
        .catch((error: unknown) => {
          request.log.error({ err: error }, 'a stream could not begin');
          end(1011, 'the database is away; try again');
        });
    },
  );
}

function pong(text: string): string | undefined {
  try {
    const message = JSON.parse(text) as { type?: unknown; id?: unknown } | null;
    return message?.type === 'ping' ? JSON.stringify({ type: 'pong', id: message.id ?? null }) : undefined;
  } catch {
    // Only pings are understood; whatever else a client says is not answered.
    return undefined;
  }
}
