/** Where a trading mode trades, as the server names it. */
export type Venue = 'refusing' | 'simulated' | 'sandbox' | 'paper' | 'live' | 'none';

const WORDS: Readonly<Record<Venue, string>> = {
  refusing: 'nowhere, sends no orders',
  simulated: 'simulated exchange',
  sandbox: 'sandbox on this machine',
  paper: 'paper account at Alpaca',
  live: 'your account at the broker, real money',
  none: 'nowhere, no broker is configured',
};

/** "sandbox on this machine": a sandbox is never said as if it were an account at a broker. */
export function venueWords(venue: Venue): string {
  return WORDS[venue];
}

const ORDERS: Readonly<Record<Venue, string>> = {
  refusing: 'It decides and sends no orders. Nothing here uses real money.',
  simulated: 'Orders are filled by a simulated broker. Nothing here uses real money.',
  sandbox: 'Orders go to the sandbox, a broker on this machine. Nothing here uses real money.',
  paper: 'Orders go to a paper account at Alpaca. Nothing here uses real money.',
  live: 'Orders go to your account at the broker: this is real money.',
  none: 'No broker is configured for this mode: nothing can be sent.',
};

/** What becomes of an order, as a sentence. */
export function orderWords(venue: Venue): string {
  return ORDERS[venue];
}
