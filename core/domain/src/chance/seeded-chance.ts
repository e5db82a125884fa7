/**
 * Returns a stream of numbers in [0, 1) that depends on `seed` and `key` alone: the same pair gives the same stream on
 * every machine, whatever was drawn for other keys. Hash: MurmurHash3's mixing over four lanes; generator: sfc32 (Doty-Humphrey).
 */
export function seededChance(seed: number, key: string): () => number {
  const text = `${seed}|${key}`;
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4294967296;
  };
  // sfc32 needs some rounds before near-equal seeds give unrelated numbers.
  for (let i = 0; i < 15; i++) next();
  return next;
}
