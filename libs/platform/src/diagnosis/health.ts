import type { Stage } from '#libs/contracts';

export type StageHealth = { status: 'ok' | 'degraded' | 'down'; detail: string };

/** What each stage says of itself; /readyz shows it. `down` in a stage readings need makes the station not ready. */
export class Health {
  readonly #stages = new Map<Stage, StageHealth>();
  /** Without these readings can't be accepted and judged (contract.md: 503 only then). */
  static readonly vital: readonly Stage[] = ['broker', 'ingest', 'store', 'evaluate', 'alert'];

  set(stage: Stage, status: StageHealth['status'], detail = ''): void {
    this.#stages.set(stage, { status, detail });
  }

  ready(): boolean {
    return Health.vital.every((stage) => (this.#stages.get(stage)?.status ?? 'down') !== 'down');
  }

  report(): Record<string, StageHealth> {
    return Object.fromEntries(this.#stages);
  }
}
