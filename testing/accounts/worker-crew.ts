import type { CrashPoint } from '../orders/crash-points.ts';
import type { AccountRig, Worker, WorkerOptions } from './account-rig.ts';

/** So many workers, each of which is replaced when it dies. */
export class WorkerCrew {
  readonly #rig: AccountRig;
  readonly #options: WorkerOptions;
  readonly #workers = new Set<Worker>();
  readonly #posts: Promise<void>[] = [];
  #hasEnded = false;

  private constructor(rig: AccountRig, options: WorkerOptions) {
    this.#rig = rig;
    this.#options = options;
  }

  /** Resolves when all of them work. */
  static async start(rig: AccountRig, size: number, options: WorkerOptions): Promise<WorkerCrew> {
    const crew = new WorkerCrew(rig, options);
    const first = Array.from({ length: size }, () => crew.#hire());
    crew.#posts.push(...(await Promise.all(first)).map((worker) => crew.#replace(worker)));
    return crew;
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    await Promise.all([...this.#workers].map((worker) => worker.kill()));
    await Promise.all(this.#posts);
  }

  async #hire(): Promise<Worker> {
    const worker = await this.#rig.startWorker(this.#options);
    this.#workers.add(worker);
    return worker;
  }

  async #replace(first: Worker): Promise<void> {
    let worker = first;
    for (;;) {
      await worker.gone;
      this.#workers.delete(worker);
      if (this.#hasEnded) return;
      worker = await this.#hire();
      if (this.#hasEnded) await worker.kill();
    }
  }
}

/** Decides who dies where: so often at each point, at one of the first times that somebody stands there, and not too often for one account. */
export class DeathList {
  readonly #left: Map<CrashPoint, number>;
  readonly #chance: () => number;
  readonly #last = new Map<string, number>();
  readonly deaths = new Map<CrashPoint, number>();

  constructor(points: readonly CrashPoint[], each: number, chance: () => number) {
    this.#left = new Map(points.map((point) => [point, each]));
    this.#chance = chance;
  }

  /** Points at which nobody has died often enough. */
  get missing(): readonly string[] {
    return [...this.#left].flatMap(([point, left]) => (left > 0 ? [`${point} (${left} more)`] : []));
  }

  readonly dies = (point: CrashPoint, accountId: string): boolean => {
    const left = this.#left.get(point) ?? 0;
    const now = performance.now();
    if (left === 0 || now - (this.#last.get(accountId) ?? Number.NEGATIVE_INFINITY) < PAUSE_MS) return false;
    if (this.#chance() < SPARED) return false;
    this.#last.set(accountId, now);
    this.#left.set(point, left - 1);
    this.deaths.set(point, (this.deaths.get(point) ?? 0) + 1);
    return true;
  };
}

const SPARED = 0.3;
/** Whoever takes over may look for an entry for 8.75 s before it is sent again, and 30 s after it was let through it is not. */
const PAUSE_MS = 9_000;
