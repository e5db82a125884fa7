import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const hash = promisify(argon2);

/** OWASP's second choice for argon2id: 19 MiB, two passes. Some 50 ms on a small machine. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const TAG_BYTES = 32;
const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([\w+/]+)\$([\w+/]+)$/;

/** Returns the password's argon2id hash in the usual text form, with its salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await digest(password, salt, MEMORY_KIB, PASSES);
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${base64(salt)}$${base64(tag)}`;
}

/** Tells whether the password has this hash; false for a hash of another form. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const match = STORED.exec(stored);
  if (match === null) return false;
  const [, memory = '', passes = '', salt = '', tag = ''] = match;
  const wanted = Buffer.from(tag, 'base64');
  const found = await digest(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes));
  return found.length === wanted.length && timingSafeEqual(found, wanted);
}

function digest(password: string, salt: Buffer, memory: number, passes: number): Promise<Buffer> {
  return hash('argon2id', {
    message: password.normalize('NFC'),
    nonce: salt,
    parallelism: 1,
    tagLength: TAG_BYTES,
    memory,
    passes,
  });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
