/** SHA-256 of a text, handed in by whoever wires. */
export interface Digests {
  readonly base64url: (text: string) => string;
  readonly hex: (text: string) => string;
}
