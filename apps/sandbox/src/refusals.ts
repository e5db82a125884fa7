/** An answer of the broker that is no success, in its own words. Codes [R]: they are not in the published OpenAPI file. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, code: number, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.body = { code, message, ...more };
  }
}

/** 422, an order that breaks a rule of its kind: groups, prices, states. */
export function unprocessable(message: string, more?: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal(422, 42210000, message, more);
}

/** 403, an order that the account cannot carry: shares, power, restrictions. */
export function forbidden(message: string, more?: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal(403, 40310000, message, more);
}

export function duplicateId(): Refusal {
  return new Refusal(422, 40010001, 'client_order_id must be unique');
}

export function missing(message: string): Refusal {
  return new Refusal(404, 40410000, message);
}

export function unauthorized(): Refusal {
  return new Refusal(401, 40110000, 'request is not authorized');
}

export function insufficientShares(
  symbol: string,
  requested: string,
  available: string,
  existing: string,
  heldForOrders: string,
  relatedOrders: readonly string[],
): Refusal {
  return forbidden(`insufficient qty available for order (requested: ${requested}, available: ${available})`, {
    symbol,
    available,
    existing_qty: existing,
    held_for_orders: heldForOrders,
    related_orders: relatedOrders,
  });
}

export function insufficientPower(buyingPower: string, costBasis: string): Refusal {
  return forbidden('insufficient buying power', { buying_power: buyingPower, cost_basis: costBasis });
}

export function washTrade(existingOrderId: string, type: string): Refusal {
  return forbidden('potential wash trade detected. use complex orders', {
    existing_order_id: existingOrderId,
    reject_reason: `opposite side ${type} order exists`,
  });
}
