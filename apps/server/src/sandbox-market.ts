import { hash } from 'node:crypto';
import { BellwetherError, isBellwetherError } from '@bellwether/domain';
import type { BoundAccount, MarketDriver, MarketStep } from '@bellwether/durable';
import type { ExecutionPlan } from '@bellwether/kernel';
import { SandboxControl, type WireMarketStep } from '@bellwether/sandbox/control';

/** Returns the key id under which the sandbox keeps what a name stands for; every key opens an account. */
export function sandboxKeyOf(name: string): string {
  return `PK${hash('sha256', name, 'hex').slice(0, 18).toUpperCase()}`;
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
    const { label, connection } = account;
    if (label !== 'sandbox')
      throw new BellwetherError(
        'bug',
        'broker/wrong-account',
        `expected a sandbox account to show a tape to, was ${label}`,
      );
    const keyId = String(connection['key_id']);
    let control = this.#controls.get(keyId);
    if (control === undefined) {
      control = new SandboxControl({ url: this.url, keyId });
      this.#controls.set(keyId, control);
    }
    return control;
  }
}

/** Numbers as they are: a sandbox reads them as decimals, and a tape's prices are no more exact than that. */
function stepToWire(step: MarketStep): WireMarketStep {
  return step;
}
