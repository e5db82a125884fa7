/** Serves the built web app: its files, and `index.html` for every address that is a page of the app's. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** The placeholder in `index.html` that each answer replaces by a nonce of its own. */
const NONCE = 'CSP_NONCE';
/** File names that carry a hash of their content never change. */
const HASHED = /-[A-Z0-9]{8}\.(js|css|woff2)$/;

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** Allows our own files and styles that carry the nonce, nothing inline and nothing from elsewhere. */
export function sendPage(reply: FastifyReply, html: string, nonce: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'`,
    )
    .serializer((text: string) => text)
    .send(html);
}

/** Registers the files and returns what answers an address of the app's own. */
export async function installWebApp(
  api: FastifyInstance,
  root: string,
): Promise<(reply: FastifyReply) => FastifyReply> {
  // Read once: the app is built before the server starts.
  const index = readFileSync(join(root, 'index.html'), 'utf8');
  await api.register(async (files) => {
    files.addHook('onRoute', (route) => {
      // The app is for everybody; what it shows is not.
      route.config = { ...route.config, public: true };
    });
    await files.register(fastifyStatic, {
      root,
      index: false,
      // One route per file: an address that is none falls through to the app.
      wildcard: false,
      globIgnore: ['**/index.html'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  });
  return (reply) => {
    const nonce = newNonce();
    return sendPage(reply, index.replaceAll(NONCE, nonce), nonce);
  };
}
