import { hash } from 'node:crypto';
import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import type { BoundAccount, MarketDriver, MarketStep } from '@bellwether/durable';
import type { ExecutionPlan } from '@bellwether/kernel';
import { SandboxControl, type WireMarketStep } from '@bellwether/sandbox/control';

/** Returns the key id under which the sandbox keeps an account; every key opens one. */
export function sandboxKeyOf(accountId: string): string {
  return `PK${hash('sha256', accountId, 'hex').slice(0, 18).toUpperCase()}`;
}

/** Shows a sandbox the market that a tape plays. */
export class SandboxMarket implements MarketDriver {
  readonly url: string;
  readonly #controls = new Map<string, SandboxControl>();

  constructor(url: string) {
    this.url = url;
  }

  /** Opens the account with the money, costs and margin of the pipeline's simulation; one that has traded stays as it is. */
  async open(account: BoundAccount, { pipeline: { mode } }: ExecutionPlan): Promise<void> {
    const { perShare, minimum, maximumFraction } = mode.commission;
    try {
      await this.#control(account).openAccount({
        cash: mode.initialBalance,
        margin_multiplier: mode.marginMultiplier,
        commission: { per_share: perShare, minimum, maximum_fraction: maximumFraction },
        slippage_pct: mode.slippagePct,
        seed: mode.seed,
        switches: { rate_limit: 0 },
      });
    } catch (error) {
      if (!isBellwetherError(error) || error.kind !== 'conflict') throw error;
    }
  }

  async play(
    account: BoundAccount,
    steps: readonly MarketStep[],
    stepKey: string,
  ): Promise<{ readonly events: number }> {
    return this.#control(account).market(steps.map(stepToWire), stepKey);
  }

  #control(account: BoundAccount): SandboxControl {
    const { label, id } = account;
    if (label !== 'sandbox')
      throw new BellwetherError(
        'bug',
        'broker/wrong-account',
        `expected a sandbox account to show a tape to, was ${label}`,
      );
    let control = this.#controls.get(id);
    if (control === undefined) {
      control = new SandboxControl({ url: this.url, keyId: sandboxKeyOf(id) });
      this.#controls.set(id, control);
    }
    return control;
  }
}

/** Numbers as they are: a sandbox reads them as decimals, and a tape's prices are no more exact than that. */
function stepToWire(step: MarketStep): WireMarketStep {
  return step;
}
