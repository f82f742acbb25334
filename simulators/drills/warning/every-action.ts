import { expect } from 'vitest';
import { warningActions } from '#libs/contracts';
import { PATIENCE_MS, until } from '#libs/testing';
import type { Meters } from '../outside/meters.js';
import { calm, opening } from '../outside/readings.js';
import { again, takeOnce, toPublished, type Step, type Taken } from './once.js';

/** What people do to a warning, each on a slope of its own: together every action there is. */
const walks: readonly { code: string; device: string; from: 'candidate' | 'confirmed'; way: readonly Step[] }[] = [
  {
    code: '5132210981',
    device: '91990981',
    from: 'candidate',
    way: [
      ['confirm', {}],
      ['acknowledge', {}],
      ['close', { disposal: 2 }],
    ],
  },
  {
    code: '5132210982',
    device: '91990982',
    from: 'confirmed',
    way: [...toPublished, ['adjust', { level: 'orange' }], ['cancel', {}], ['dispose', { disposal: 1 }]],
  },
  { code: '5132210983', device: '91990983', from: 'confirmed', way: [...toPublished, ['all-clear', {}]] },
];

/** Every action there is, taken once by the administrator, and sent again after whatever happened meanwhile. */
export class EveryAction {
  readonly #taken: Taken[] = [];
  readonly #after = new Map<string, { timeline: number; deliveries: number }>();

  constructor(private readonly meters: Meters) {}

  /** Slopes that have gone red, and nobody told: their plan is a person's. */
  async prepare(): Promise<void> {
    const { county } = this.meters.station;
    for (const { code, device, from } of walks) {
      await county.createPoint(code, { release: {} });
      await county.createHousehold(code, `139${device}`);
      await this.meters.register(device, code);
      const link = await this.meters.connect(device);
      const now = Date.now();
      const [candidate, confirmed] = opening(now);
      await this.meters.publish(link, device, calm(now));
      await this.meters.publish(link, device, [candidate]);
      if (from === 'confirmed') await this.meters.publish(link, device, [confirmed]);
      await link.disconnect();
    }
  }

  async take(): Promise<void> {
    expect(new Set(walks.flatMap(({ way }) => way.map(([action]) => action)))).toEqual(new Set(warningActions));
    const { county } = this.meters.station;
    for (const { code, from, way } of walks) {
      const { id } = await until(`a ${from} at ${code}`, PATIENCE_MS, async () =>
        (await county.warnings(code)).find(({ level, state }) => level === 'red' && state === from),
      );
      for (const step of way) this.#taken.push(await takeOnce(county.api, 'admin', id, step));
      this.#after.set(id, await this.#countsOf(id));
    }
  }

  /** The same requests again: the answers of the first time, and nothing happens. */
  async again(): Promise<void> {
    expect(this.#taken.length).toBeGreaterThanOrEqual(warningActions.length);
    for (const taken of this.#taken) await again(this.meters.station.county.api, taken);
    for (const [id, before] of this.#after) expect(await this.#countsOf(id)).toEqual(before);
  }

  async #countsOf(id: string): Promise<{ timeline: number; deliveries: number }> {
    const { county } = this.meters.station;
    const [{ timeline }, deliveries] = await Promise.all([county.warning(id), county.deliveries(id)]);
    return { timeline: timeline.length, deliveries: deliveries.length };
  }
}
