/** Who is asking: cookie or bearer token ──▶ session ──▶ `request.user`. A route that does not say `public` needs one. */
import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '@bellwether/db';
import { BellwetherError } from '@bellwether/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without knowing who asks. */
    public?: true;
  }
  interface FastifyRequest {
    signedIn: SignedIn | null;
  }
}

export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
}

const COOKIE = 'bellwether_session';
/** A browser takes a cookie of this name only over https and for this host alone. */
const SECURE_COOKIE = `__Host-${COOKIE}`;
export const SESSION_DAYS = 30;
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Returns a new session token of 256 random bits; only its hash is stored. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
  const secure = request.protocol === 'https';
  reply.setCookie(secure ? SECURE_COOKIE : COOKIE, token, {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure,
    maxAge: SESSION_DAYS * 86_400,
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const secure = request.protocol === 'https';
  reply.clearCookie(secure ? SECURE_COOKIE : COOKIE, { httpOnly: true, sameSite: 'lax', path: '/', secure });
}

/** Returns who asks. Throws `auth/required` where nobody is signed in. */
export function userOf(request: FastifyRequest): string {
  return signedInOf(request).userId;
}

export function signedInOf(request: FastifyRequest): SignedIn {
  if (request.signedIn !== null) return request.signedIn;
  throw new BellwetherError(
    'invalid',
    'auth/required',
    'expected a signed-in user, was nobody; sign in and repeat the request',
  );
}

/** Returns the live session of a token, or undefined. */
export async function findSession(database: Database, token: string): Promise<SignedIn | undefined> {
  const { rows } = await sql<{ session_id: string; user_id: string }>`
    SELECT session_id, user_id FROM app.find_session(${tokenHash(token)})`.execute(database.kysely);
  const row = rows[0];
  return row && { userId: row.user_id, sessionId: row.session_id };
}

export function installAuthentication(
  api: FastifyInstance,
  database: Database,
  allowedOrigins: readonly string[],
): void {
  api.decorateRequest('signedIn', null);
  api.addHook('onRequest', async (request) => {
    // An address that does not exist has no secret.
    if (request.is404) return;
    const isPublic = request.routeOptions.config.public === true;
    const bearer = bearerOf(request);
    const cookie = request.cookies[SECURE_COOKIE] ?? request.cookies[COOKIE];
    const isUpgrade = request.headers.upgrade !== undefined;
    // A browser sends the cookie whoever wrote the page; the origin says who did.
    if (
      bearer === undefined &&
      (isUpgrade || !SAFE.has(request.method)) &&
      (cookie !== undefined || request.headers.origin !== undefined)
    ) {
      checkOrigin(request, allowedOrigins, !isPublic);
    }
    if (isPublic) return;
    const token = bearer ?? cookie;
    request.signedIn = token === undefined ? null : ((await findSession(database, token)) ?? null);
    signedInOf(request);
  });
}

/** Returns the token by which this request signs in, whatever its worth. */
export function tokenOf(request: FastifyRequest): string | undefined {
  return bearerOf(request) ?? request.cookies[SECURE_COOKIE] ?? request.cookies[COOKIE];
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function checkOrigin(request: FastifyRequest, allowed: readonly string[], isRequired: boolean): void {
  const { origin } = request.headers;
  if (origin === undefined && !isRequired) return;
  if (origin !== undefined && (origin === `${request.protocol}://${request.host}` || allowed.includes(origin))) return;
  throw new BellwetherError(
    'invalid',
    'auth/bad-origin',
    `expected the Origin header to be ${request.protocol}://${request.host}, was ${origin ?? 'missing'}; use the app's own address, or send the token as a bearer token`,
  );
}
