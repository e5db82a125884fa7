import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Json } from './alpaca-words.ts';
import type { FaultTarget } from './faults.ts';
import { Refusal } from './refusals.ts';
import type { Corner, SandboxContext } from './sandbox-context.ts';

export function keyOf(request: FastifyRequest): string {
  const key = request.headers['apca-api-key-id'];
  return typeof key === 'string' ? key : '';
}

export function cornerOf(context: SandboxContext, request: FastifyRequest): Corner {
  return context.corner(keyOf(request));
}

/** Performs a change and answers it, unless a fault comes between the two. Every such request is logged with what became of it. */
export async function answerChange(
  context: SandboxContext,
  request: FastifyRequest,
  reply: FastifyReply,
  target: Exclude<FaultTarget, 'any'>,
  body: unknown,
  change: (corner: Corner) => Json | readonly Json[] | undefined,
): Promise<unknown> {
  const arrivedAt = context.clock();
  const corner = cornerOf(context, request);
  const { faults } = corner.account;
  const log = (outcome: string) =>
    corner.posts.add(arrivedAt, request.method, request.url.split('?')[0] ?? request.url, body, outcome);
  if (faults.strikes('http_5xx_before_accept', target)) {
    log('answered 503, not taken');
    return reply.code(503).send({ code: 50310000, message: 'service unavailable' });
  }
  const late = faults.duration('late_accept_ms', target);
  if (late > 0) await context.wait(late);
  let answer: Json | readonly Json[] | undefined;
  try {
    answer = change(corner);
  } catch (error) {
    if (error instanceof Refusal) log(`refused ${error.code}`);
    throw error;
  }
  if (faults.strikes('http_5xx_after_accept', target)) {
    log('accepted, answered 504');
    return reply.code(504).send({ code: 50410000, message: 'gateway timeout' });
  }
  if (faults.strikes('drop_reply_after_accept', target)) {
    log('accepted, reply dropped');
    reply.hijack();
    request.raw.socket.destroy();
    return reply;
  }
  log(late > 0 ? 'accepted late' : 'accepted');
  return answer === undefined ? reply.code(204).send() : reply.send(answer);
}
