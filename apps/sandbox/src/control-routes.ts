import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readAccountSettings } from './account-settings.ts';
import { orderToWire } from './alpaca-words.ts';
import { cornerOf, keyOf } from './change-answers.ts';
import { Refusal, unauthorized } from './refusals.ts';
import { isPaperKey } from './routes.ts';
import type { Corner, SandboxContext } from './sandbox-context.ts';
import { badMarket, fieldsOf } from './sandbox-failure.ts';
import { sandboxTruth } from './sandbox-truth.ts';

/** What only a sandbox has: its market, its faults, the user's own hand, and the truth. */
export function installControlRoutes(server: FastifyInstance, context: SandboxContext): void {
  const { clock } = context;
  const corner = (request: FastifyRequest): Corner => {
    if (!isPaperKey(keyOf(request))) throw unauthorized();
    return cornerOf(context, request);
  };

  server.post('/sandbox/accounts', async (request) => {
    const { account } = corner(request);
    if (!context.open(account.keyId, readAccountSettings(request.body)))
      throw new Refusal(409, 40910000, `expected an account that has not traded yet, ${account.keyId} has`);
    return { id: context.corner(account.keyId).account.id };
  });

  server.post('/sandbox/market', async (request) => {
    const own = corner(request);
    const { steps, step_key: stepKey } = fieldsOf(request.body, 'the body');
    const key = typeof stepKey === 'string' ? stepKey : null;
    const { events, streamSeq } = context.run<'market'>(own, { kind: 'market', wall: clock(), steps, stepKey: key });
    return { events, stream_seq: streamSeq };
  });

  server.post('/sandbox/faults', async (request) => {
    context.run<'faults'>(corner(request), { kind: 'faults', wall: clock(), settings: request.body });
    return {};
  });

  server.post('/sandbox/external', async (request) => {
    const own = corner(request);
    const { quantity, ...order } = fieldsOf(request.body, 'the body');
    const body = { type: 'market', time_in_force: 'gtc', qty: quantity, ...order };
    const record = context.run<'submit'>(own, { kind: 'submit', wall: clock(), body, isExternal: true });
    return orderToWire(own.account, record, true);
  });

  server.post('/sandbox/transfer', async (request) => {
    const { amount } = fieldsOf(request.body, 'the body');
    if (typeof amount !== 'string' || !/^-?\d{1,12}(\.\d{1,6})?$/.test(amount))
      throw badMarket(`expected amount to be a decimal such as "-2500.00", was ${JSON.stringify(amount)}`);
    context.run<'transfer'>(corner(request), { kind: 'transfer', wall: clock(), amount });
    return {};
  });

  server.get('/sandbox/truth', async (request) => {
    const own = corner(request);
    return sandboxTruth(own, clock());
  });
}
