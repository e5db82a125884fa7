import * as contract from '@bellwether/contracts';
import { withUser } from '@bellwether/db';
import { BellwetherError, formatInstant } from '@bellwether/domain';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { signedInOf, userOf } from '../../http/authentication.ts';
import { actOnce, idempotencyHeaders } from '../../http/idempotency.ts';
import { pageQuery, pageRequest } from '../../http/paging.ts';
import { requireStepUp } from '../../http/step-up.ts';
import { engageSwitch, reconcilingFirst, releaseScope, scopeOf } from '../../records/kill-switch.ts';
import { readKillSwitchState } from '../../records/kill-switch-record.ts';
import { tell } from '../../records/stream-record.ts';
import { LimitsService } from './limits.service.ts';
import { listAlerts, listInterventions, readAudit } from './safety.store.ts';

const tags = ['safety'];
const headers = idempotencyHeaders;
const BY_HAND = 'stopped by hand';

export function safetyRoutes(api: Api, options: ApiOptions): void {
  const { database, now } = options;
  const limits = new LimitsService(options);

  api.get(
    '/safety/limits',
    {
      schema: {
        tags,
        operationId: 'listLimits',
        summary: 'Read the limits of every broker account',
        response: { 200: contract.SafetyLimitsWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, async (transaction) => ({ items: await limits.list(transaction, userId) }));
    },
  );

  api.put(
    '/safety/limits',
    {
      schema: {
        tags,
        operationId: 'changeLimits',
        summary: 'Change limits: lower at once, raise from the next session on, with the password given again',
        body: contract.LimitsRequestWire,
        response: { 200: contract.AccountLimitsWire },
      },
    },
    (request) => {
      const { account_id: accountId, limits: changed, reason = 'changed by hand' } = request.body;
      const signedIn = signedInOf(request);
      return withUser(database, signedIn.userId, (transaction) =>
        limits.change(transaction, signedIn, { accountId, limits: changed, reason }),
      );
    },
  );

  api.get(
    '/safety/kill-switch',
    {
      schema: {
        tags,
        operationId: 'getKillSwitch',
        summary: 'Say what stands against entries, and what a stop would have to do',
        response: { 200: contract.KillSwitchStateWire },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) => readKillSwitchState(transaction, userId));
    },
  );

  api.post(
    '/safety/kill-switch',
    {
      schema: {
        tags,
        operationId: 'engageKillSwitch',
        summary: 'Stop: no new entry of the scope; exits and stops go on',
        headers,
        body: contract.EngageWire,
        response: { 200: contract.KillSwitchWire },
      },
    },
    async (request, reply) => {
      const { flatten = false, reason = BY_HAND } = request.body;
      const { body } = await actOnce(database, request, reply, async (transaction, userId) => {
        const scope = await scopeOf(transaction, userId, request.body);
        const wanted = { ...scope, flatten, reason, at: formatInstant(now()) };
        const { engaged, news } = await engageSwitch(transaction, userId, wanted);
        for (const each of news) await tell(transaction, userId, each);
        return { status: 200 as const, body: engaged };
      });
      return body;
    },
  );

  api.delete(
    '/safety/kill-switch',
    {
      schema: {
        tags,
        operationId: 'releaseKillSwitch',
        summary: 'Release a scope to trade again, with the password given again',
        headers,
        body: contract.ReleaseWire,
        response: { 200: contract.KillSwitchStateWire },
      },
    },
    async (request, reply) => {
      const signedIn = signedInOf(request);
      const release = () =>
        actOnce(database, request, reply, async (transaction, userId) => {
          const scope = await scopeOf(transaction, userId, request.body);
          await requireStepUp(transaction, signedIn, 'release a stop');
          const { reason } = request.body;
          const at = formatInstant(now());
          const key = request.headers['idempotency-key'];
          await releaseScope(transaction, userId, { ...scope, reason, at, key });
          return { status: 200 as const, body: await readKillSwitchState(transaction, userId) };
        });
      return (await reconcilingFirst(database, signedIn.userId, release)).body;
    },
  );

  api.get(
    '/safety/interventions',
    {
      schema: {
        tags,
        operationId: 'listInterventions',
        summary: 'List what was done by hand, newest first, and what became of it',
        querystring: Type.Object(pageQuery),
        response: { 200: contract.InterventionPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      return withUser(database, userId, (transaction) =>
        listInterventions(transaction, userId, pageRequest(request.query)),
      );
    },
  );

  api.get(
    '/safety/alerts',
    {
      schema: {
        tags,
        operationId: 'listAlerts',
        summary: 'List what accounts told of themselves, newest first',
        querystring: Type.Object({
          ...pageQuery,
          level: Type.Optional(
            Type.Enum(['notice', 'alarm', 'page'], {
              description: 'The least that is listed; without it, everything.',
            }),
          ),
        }),
        response: { 200: contract.AlertPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { level = 'notice' } = request.query;
      return withUser(database, userId, (transaction) =>
        listAlerts(transaction, userId, pageRequest(request.query), level),
      );
    },
  );

  api.get(
    '/safety/audit',
    {
      schema: {
        tags,
        operationId: 'readAudit',
        summary: 'Read the audit log, newest first, and whether its chain is whole',
        querystring: Type.Object(pageQuery),
        response: { 200: contract.AuditPage },
      },
    },
    (request) => {
      const userId = userOf(request);
      const { limit, after } = pageRequest(request.query);
      return withUser(database, userId, (transaction) =>
        readAudit(transaction, userId, limit, after === null ? null : seqOf(after.id)),
      );
    },
  );
}

function seqOf(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new BellwetherError(
    'invalid',
    'request/invalid',
    'expected the next_cursor of a page of the audit log, was something else; leave cursor out to begin at the first page',
  );
}
