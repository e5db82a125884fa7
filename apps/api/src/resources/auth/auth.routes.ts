import { LoginWire, SignedInWire, SteppedUpWire, StepUpWire } from '@bellwether/contracts';
import { BellwetherError } from '@bellwether/domain';
import Type from 'typebox';
import type { ApiOptions } from '../../api-options.ts';
import type { Api } from '../../api-plugin.ts';
import { AttemptLimit } from '../../http/attempt-limit.ts';
import { clearSessionCookie, newToken, setSessionCookie, signedInOf, userOf } from '../../http/authentication.ts';
import { hashPassword, verifyPassword } from '../../http/password.ts';
import { endSession, findCredentials, openSession, readPasswordHash, readUser, stepUp } from './auth.store.ts';

const tags = ['auth'];

export function authRoutes(api: Api, { database, now }: ApiOptions): void {
  const limit = new AttemptLimit(now);
  // An unknown address costs the same time as a known one.
  const nobody = hashPassword(newToken());

  api.post(
    '/auth/login',
    {
      config: { public: true },
      schema: { tags, operationId: 'login', summary: 'Sign in', body: LoginWire, response: { 200: SignedInWire } },
    },
    async (request, reply) => {
      const email = request.body.email.trim().toLowerCase();
      const keys = [`address ${request.ip}`, `account ${email}`];
      limit.check(...keys);
      const known = await findCredentials(database, email);
      const isRight = await verifyPassword(request.body.password, known?.passwordHash ?? (await nobody));
      if (known === undefined || !isRight) {
        limit.fail(...keys);
        throw new BellwetherError(
          'invalid',
          'auth/refused',
          'expected the e-mail address and password of a user, was another pair; check both',
        );
      }
      limit.forget(...keys);
      const token = newToken();
      const user = await openSession(database, known.userId, token, request.headers['user-agent'] ?? null);
      setSessionCookie(request, reply, token);
      return { user };
    },
  );

  api.post(
    '/auth/logout',
    { schema: { tags, operationId: 'logout', summary: 'End this session', response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { userId, sessionId } = signedInOf(request);
      await endSession(database, userId, sessionId);
      clearSessionCookie(request, reply);
      return reply.code(204).send(null);
    },
  );

  api.post(
    '/auth/step-up',
    {
      schema: {
        tags,
        operationId: 'stepUp',
        summary: 'Give the password again: for five minutes this session may do what needs it',
        body: StepUpWire,
        response: { 200: SteppedUpWire },
      },
    },
    async (request) => {
      const signedIn = signedInOf(request);
      const key = `step-up ${signedIn.userId}`;
      limit.check(key);
      const hash = await readPasswordHash(database, signedIn.userId);
      if (!(await verifyPassword(request.body.password, hash))) {
        limit.fail(key);
        throw new BellwetherError(
          'invalid',
          'auth/refused',
          'expected the password of the signed-in user, was another; try again',
        );
      }
      limit.forget(key);
      const until = await stepUp(database, signedIn);
      return { until: until.toString() };
    },
  );

  api.get(
    '/auth/me',
    { schema: { tags, operationId: 'me', summary: 'Say who is signed in', response: { 200: SignedInWire } } },
    async (request) => ({ user: await readUser(database, userOf(request)) }),
  );
}
