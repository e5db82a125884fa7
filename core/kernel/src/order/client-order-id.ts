/** SHA-256 of a text as base64url; handed in, because the kernel has no cryptography of its own. */
export type Sha256 = (text: string) => string;

export interface OrderIdentity {
  readonly installation: string;
  readonly account: string;
  readonly positionId: string;
  readonly purpose: string;
  readonly leg: string;
  readonly seq: number;
}

/** Returns the one id an order can have (trading-rules §4): whoever computes it again gets the same, and the broker refuses the copy. */
export function clientOrderId(identity: OrderIdentity, sha256: Sha256): string {
  const { installation, account, positionId, purpose, leg, seq } = identity;
  return `bw1-${sha256(`${installation}|${account}|${positionId}|${purpose}|${leg}|${seq}`).slice(0, 27)}`;
}

/** Returns the id of a position, a function of its cause: (execution, lane, entry number). */
export function positionIdOf(executionId: string, symbol: string, entry: number, sha256: Sha256): string {
  return `pos-${sha256(`${executionId}|${symbol}|${entry}`).slice(0, 22)}`;
}
