import { describe, expect, it } from 'vitest';
import { createLogger, Metrics } from '#libs/platform';
import type { Judgement } from '#libs/stream';
import { EvaluateMetrics } from '../evaluate-metrics.js';
import { DecisionOutlet } from './decision-outlet.js';

const judgement = { hazardPoint: 'P', decision: { level: 'red', certainty: null, reasons: [] } } as unknown as Judgement;

function outlet(beside: (order: string[]) => Promise<void> | undefined) {
  const order: string[] = [];
  const made = new DecisionOutlet(createLogger('silent'), new EvaluateMetrics(new Metrics()), () => beside(order));
  made.connect(async () => void order.push('taken'));
  return { order, made };
}

describe('a decision on its way out', () => {
  it('is on record with who only looks before it is taken: a crash between loses it to nobody', async () => {
    const { order, made } = outlet(async (said) => {
      await Promise.resolve();
      said.push('beside');
    });
    await made.handOn(judgement);
    expect(order).toEqual(['beside', 'taken']);
  });

  it('waits for nobody where nobody looks, and not for long where they are slow', async () => {
    for (const beside of [undefined, new Promise<void>(() => undefined)]) {
      const { order, made } = outlet(() => beside);
      await made.handOn(judgement);
      expect(order).toEqual(['taken']);
    }
  });
});
