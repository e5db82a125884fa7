import type { AccountMonitor } from '@bellwether/kernel';

/** A monitor without limits: plays about orders are not about daily losses. */
export function quietMonitor(): AccountMonitor {
  return {
    onOrder: () => [],
    onSnapshot: () => [],
    onGateRefused: () => [],
    onNaked30s: () => [],
    onClosed: () => [],
    onPass: () => [],
    onLink: () => [],
    onSkew: () => [],
    onQuotes: () => [],
    onTime: () => [],
    counters: () => ({ entriesInHour: 0, ordersInMinute: 0, ordersInDay: 0, dayTrades: 0, sameSignalAt: null }),
    dayPnl: () => null,
    isRecovering: false,
    release: () => undefined,
    save: () => null,
  };
}
