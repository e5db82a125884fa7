import { hash } from 'node:crypto';

/** SHA-256 in the two spellings that runs are handed. */
export const sha256 = {
  base64url: (text: string) => hash('sha256', text, 'base64url'),
  hex: (text: string) => hash('sha256', text, 'hex'),
};
