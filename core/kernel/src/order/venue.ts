import type { Bar, EpochMs, Fill, Money, OrderRequest, Price, Quantity } from '@bellwether/domain';

/** What a venue that answers at once says of an order. */
export interface VenueEvent {
  readonly kind: 'accepted' | 'rejected' | 'partially_filled' | 'filled' | 'canceled' | 'expired' | 'replaced';
  readonly at: EpochMs;
  readonly clientOrderId: string;
  readonly fill?: Fill;
  readonly code?: string;
  readonly text?: string;
}

/** A venue that answers at once: the simulated exchange. */
export interface Venue {
  submit(request: OrderRequest, at: EpochMs): readonly VenueEvent[];
  cancel(clientOrderId: string, at: EpochMs): readonly VenueEvent[];
  replaceStop(clientOrderId: string, newStop: Price, as: string, at: EpochMs): readonly VenueEvent[];
  hasWork(symbol: string): boolean;
  onOpen(symbol: string, at: EpochMs, open: number, volume?: number): readonly VenueEvent[];
  readonly cash: Money;
  position(symbol: string): { readonly quantity: Quantity; readonly averageEntry: Price };
  equity(marks: { get(symbol: string): Price | undefined }): Money;
  buyingPower(marks: { get(symbol: string): Price | undefined }): Money;
}

/** A venue that is driven by bars. */
export interface BarVenue extends Venue {
  onBar(symbol: string, bar: Bar): readonly VenueEvent[];
  /** Compares equity with what the positions require, and sets or lifts the margin call. */
  assessMargin(marks: { get(symbol: string): Price | undefined }, at: EpochMs): readonly VenueEvent[];
  readonly marginCalled: boolean;
}
