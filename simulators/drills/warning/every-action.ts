import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { MINUTE, SECOND, warningActions, type WarningAction, type WarningView } from '#libs/contracts';
import { until, type County } from '#libs/testing';
import type { Load } from '../outage/load.js';

/** What people do to a warning, each on a slope of its own: together every action there is. */
const walks: readonly { code: string; device: string; from: 'candidate' | 'confirmed'; way: readonly [WarningAction, object][] }[] = [
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
    way: [
      ['propose', { level: 'red' }],
      ['consult', {}],
      ['decide', {}],
      ['sign', {}],
      ['publish', {}],
      ['adjust', { level: 'orange' }],
      ['cancel', {}],
      ['dispose', { disposal: 1 }],
    ],
  },
  {
    code: '5132210983',
    device: '91990983',
    from: 'confirmed',
    way: [
      ['propose', { level: 'red' }],
      ['consult', {}],
      ['decide', {}],
      ['sign', {}],
      ['publish', {}],
      ['all-clear', {}],
    ],
  },
];

interface Answer {
  status: number;
  body: unknown;
}
interface Taken {
  id: string;
  action: WarningAction;
  body: object;
  key: string;
  answer: Answer;
}

/** Every action with a key of its own: twice at once, with another body, and, after whatever happened meanwhile, again. */
export class EveryAction {
  readonly #taken: Taken[] = [];
  readonly #after = new Map<string, { timeline: number; deliveries: number }>();
  county!: County;

  /** Slopes that have gone red, and nobody told: their plan is a person's. */
  async prepare(load: Load): Promise<void> {
    for (const { code, device, from } of walks) {
      await this.county.createPoint(code, { release: {} });
      await this.county.createHousehold(code, `139${device}`);
      await load.register(device, code);
      const link = await load.connect(device);
      const now = Date.now();
      await load.publish(link, device, [
        [now - 30 * MINUTE, 0],
        [now - MINUTE, 0.2],
      ]);
      await load.publish(link, device, [[now - 15 * SECOND, 50]]);
      if (from === 'confirmed') await load.publish(link, device, [[now, 52]]);
      await link.disconnect();
    }
  }

  /** Each twice at the same moment: one effect, one answer; the key with another body is a conflict. */
  async take(): Promise<void> {
    expect(new Set(walks.flatMap(({ way }) => way.map(([action]) => action)))).toEqual(new Set(warningActions));
    for (const { code, from, way } of walks) {
      const { id } = await until(`a ${from} at ${code}`, MINUTE, async () =>
        (await this.county.warnings(code)).find(({ level, state }) => level === 'red' && state === from),
      );
      for (const [action, body] of way) {
        const key = randomUUID();
        const [one, other] = await Promise.all([this.#act(id, action, body, key), this.#act(id, action, body, key)]);
        expect([action, one.status, other]).toEqual([action, 200, one]);
        const { timeline } = await this.county.warning(id);
        const mine = timeline.filter((entry) => entry.action === action && entry.actor === 'admin');
        expect(new Set(mine.map(({ at }) => at)).size, `${action} happened once`).toBe(1);
        expect((await this.#act(id, action, { ...body, text: 'x' }, key)).body).toMatchObject({ code: 'idempotency-mismatch' });
        this.#taken.push({ id, action, body, key, answer: one });
      }
      this.#after.set(id, await this.#state(id));
    }
  }

  /** The same requests again: the answers of the first time, and nothing happens. */
  async again(): Promise<void> {
    expect(this.#taken.length).toBeGreaterThanOrEqual(warningActions.length);
    for (const { id, action, body, key, answer } of this.#taken) {
      expect([action, await this.#act(id, action, body, key)]).toEqual([action, answer]);
      expect((await this.#act(id, action, { ...body, text: 'x' }, key)).body).toMatchObject({ code: 'idempotency-mismatch' });
    }
    for (const [id, before] of this.#after) expect(await this.#state(id)).toEqual(before);
  }

  async #state(id: string): Promise<{ timeline: number; deliveries: number }> {
    const [{ timeline }, deliveries] = await Promise.all([this.county.warning(id), this.county.deliveries(id)]);
    return { timeline: timeline.length, deliveries: deliveries.length };
  }

  async #act(id: string, action: WarningAction, body: object, key: string): Promise<Answer> {
    const { api } = this.county;
    const response = await fetch(`${api.url}/api/v1/warnings/${id}/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as WarningView };
  }
}
