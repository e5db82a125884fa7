/**
 * Chance that is no chance: equal keys give equal numbers on every machine. The key is hashed by FNV-1a (Fowler, Noll, Vo)
 * into 32 bits, spread by splitmix32 over the four words of sfc32 (Doty-Humphrey, PractRand). For statistics, not for secrets.
 */
export type SeededRandom = () => number;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const ROUNDS_TO_MIX = 15;

/** Returns a 32-bit hash of the text's UTF-16 units. */
export function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/** Returns a 32-bit hash of the exact bits of the numbers, carried on from `seed`. */
export function hashNumbers(numbers: Float64Array, seed = FNV_OFFSET): number {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length * 2);
  let hash = seed;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ (words[i] as number), FNV_PRIME);
  return hash >>> 0;
}

/** Returns a generator of numbers in [0, 1), started by the key. */
export function seededRandom(key: string): SeededRandom {
  let spread = hashText(key);
  const word = () => {
    spread = (spread + 0x9e3779b9) | 0;
    let mixed = Math.imul(spread ^ (spread >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) | 0;
  };
  let a = word();
  let b = word();
  let c = word();
  let counter = word();
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < ROUNDS_TO_MIX; i++) next();
  return next;
}
