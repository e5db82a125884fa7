/** What the market would have done with our orders: order → exchange → bar → fills. */
export * from './exchange.ts';
