import { Component, computed, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import {
  LucideBan,
  LucideCheck,
  LucideDynamicIcon,
  LucideExternalLink,
  LucideLoaderCircle,
  LucideOctagonX,
  LucideScissors,
  LucideShieldCheck,
  LucideTriangleAlert,
  LucideX,
} from '@lucide/angular';
import { formatClock } from '../../design/exchange-time.ts';
import { PLAIN_REQUEST } from './plain-request.ts';
import { StopFlow } from './stop-flow.ts';
import { accountChoices, type Choice, pipelineChoices, type ScopeKind, stateFrom } from './stop-words.ts';

const TITLES = {
  asking: 'Stop trading',
  requested: 'Stopping',
  confirmed: 'Trading stopped',
  not_confirmed: 'Stopping',
  refused: 'Stopping',
} as const;

/**
 * The button on every screen that stops trading, and its one dialog. Part of the first view, and independent of the live store
 * and the stream: it must work when those do not.
 */
@Component({
  selector: 'bw-stop-trading',
  imports: [
    LucideDynamicIcon,
    LucideExternalLink,
    LucideLoaderCircle,
    LucideOctagonX,
    LucideShieldCheck,
    LucideTriangleAlert,
    LucideX,
  ],
  providers: [StopFlow],
  templateUrl: './stop-trading.html',
  styleUrl: './stop-trading.css',
  host: { '(document:keydown)': 'openByKey($event)' },
})
export class StopTrading {
  readonly #ask = inject(PLAIN_REQUEST);
  readonly #router = inject(Router);
  protected readonly flow = inject(StopFlow);
  protected readonly isOpen = signal(false);
  protected readonly kind = signal<ScopeKind>('user');
  readonly #chosen = signal<Readonly<Record<ScopeKind, string | null>>>({ user: null, account: null, pipeline: null });
  readonly #accounts = signal<readonly Choice[] | undefined>(undefined);
  readonly #pipelines = signal<readonly Choice[] | undefined>(undefined);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');
  private readonly act = viewChild<ElementRef<HTMLButtonElement>>('act');

  protected readonly title = computed(() => TITLES[this.flow.phase()]);
  protected readonly scopes = computed(() => [
    { scope: 'user' as const, word: 'Everything', choices: [] },
    { scope: 'account' as const, word: 'One account', choices: this.#accounts() ?? [] },
    { scope: 'pipeline' as const, word: 'One pipeline', choices: this.#pipelines() ?? [] },
  ]);
  protected readonly choicesWords = computed(() =>
    this.#accounts() === undefined && this.#pipelines() === undefined
      ? 'not known yet: the server has not answered'
      : 'none',
  );
  /** What a stop would do, with the numbers the server gave; without them it says so and stops all the same. */
  protected readonly effect = computed(() => {
    const work = this.flow.work();
    return [
      { icon: LucideBan, text: 'No new orders from now on.' },
      {
        icon: LucideScissors,
        text:
          work === undefined
            ? 'Working entries are canceled; how many is not known yet.'
            : work.entries === 0
              ? 'No entry is working, so none has to be canceled.'
              : `${count(work.entries, 'working entry is', 'working entries are')} canceled.`,
      },
      {
        icon: LucideShieldCheck,
        text:
          work === undefined
            ? 'Stops and targets stay at the broker.'
            : work.protective === 0
              ? 'No stop or target rests at the broker now; those of open positions stay.'
              : `${count(work.protective, 'stop or target stays', 'stops and targets stay')} at the broker.`,
      },
    ];
  });
  protected readonly confirmations = computed(() => {
    const engaged = this.flow.engaged();
    if (engaged === undefined) return [];
    const { entries_total, entries_canceled, positions_open, protective_orders } = engaged.progress;
    const protective = count(protective_orders, 'stop or target stays', 'stops and targets stay');
    const lines = [
      { id: 'orders', isDone: true, text: `No new orders, confirmed ${formatClock(engaged.engaged_at)}` },
      {
        id: 'entries',
        isDone: this.flow.isSettled(),
        text:
          entries_total === 0
            ? 'No entry was working'
            : entries_canceled < entries_total
              ? `${entries_canceled} of ${count(entries_total, 'entry', 'entries')} canceled`
              : `${count(entries_total, 'entry', 'entries')} canceled`,
      },
      {
        id: 'protective',
        isDone: true,
        text: protective_orders === 0 ? 'No stop or target rests now' : `${protective} at the broker`,
      },
    ];
    if (positions_open > 0) {
      lines.push({
        id: 'positions',
        isDone: true,
        text: `${count(positions_open, 'position stays', 'positions stay')} open`,
      });
    }
    return lines.map((line) => ({ ...line, icon: line.isDone ? LucideCheck : LucideLoaderCircle }));
  });

  open(): void {
    if (this.isOpen()) return;
    this.flow.begin();
    this.kind.set('user');
    this.isOpen.set(true);
    this.dialog().nativeElement.showModal();
    // The form is rendered for the open dialog; its button is what Enter presses.
    setTimeout(() => this.act()?.nativeElement.focus());
    void this.flow.look({ scope: 'user', id: null });
    void this.#readChoices();
  }

  protected openByKey(event: KeyboardEvent): void {
    if (!event.ctrlKey || !event.shiftKey || event.key.toLowerCase() !== 'x') return;
    event.preventDefault();
    this.open();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }

  /** However it was closed: by a button or by Escape. A stop on its way goes on at the server. */
  protected closed(): void {
    this.isOpen.set(false);
    this.flow.leave();
  }

  protected chosenId(scope: ScopeKind): string | null {
    return this.#chosen()[scope] ?? this.#choicesOf(scope)[0]?.id ?? null;
  }

  protected choose(scope: ScopeKind): void {
    this.kind.set(scope);
    void this.flow.look({ scope, id: this.chosenId(scope) });
  }

  protected chooseOne(scope: ScopeKind, id: string): void {
    this.#chosen.update((chosen) => ({ ...chosen, [scope]: id }));
    this.choose(scope);
  }

  protected async stop(event: Event): Promise<void> {
    event.preventDefault();
    if (this.flow.phase() === 'not_confirmed') return this.flow.tryNow();
    const scope = this.kind();
    await this.flow.stop({ scope, id: this.chosenId(scope) });
    setTimeout(() => this.act()?.nativeElement.focus());
  }

  protected toPositions(event: Event): void {
    event.preventDefault();
    this.close();
    void this.#router.navigate(['/positions']);
  }

  #choicesOf(scope: ScopeKind): readonly Choice[] {
    if (scope === 'user') return [];
    return (scope === 'account' ? this.#accounts() : this.#pipelines()) ?? [];
  }

  async #readChoices(): Promise<void> {
    const [state, pipelines] = await Promise.all([
      this.#ask('GET', '/safety/kill-switch'),
      this.#ask('GET', '/pipelines?limit=200'),
    ]);
    const known = state.kind === 'answered' ? stateFrom(state.body) : undefined;
    if (known !== undefined) this.#accounts.set(accountChoices(known));
    if (pipelines.kind === 'answered') this.#pipelines.set(pipelineChoices(pipelines.body));
  }
}

function count(many: number, one: string, several: string): string {
  return `${many} ${many === 1 ? one : several}`;
}
