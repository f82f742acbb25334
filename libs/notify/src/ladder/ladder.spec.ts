import { SECOND, toIso } from '#libs/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozen, household, T0, testHash } from '../fakes/callout.js';
import { listFor, nextStep, stepped, workFor, type LadderTools } from './ladder.js';

const tools: LadderTools = { settings: { smsSign: '望山县自然资源局', smsTemplateCodes: {} }, now: T0, hash: testHash, voice: true };

describe('nextStep', () => {
  it.each([
    ['red', [60, 120, 180, 240, 300, 600, 900]],
    ['orange', [120, 240, 360, 480, 600, 900, 1200]],
  ] as const)('comes at fifths of the time of %s, then the list every five minutes', (level, seconds) => {
    let { callout } = frozen({ level });
    const times = seconds.map((at) => {
      const due = nextStep(callout, T0 + at * SECOND);
      if (!due) throw new Error('no step');
      callout = stepped(callout, due, 1, T0 + at * SECOND);
      return (due.at - T0) / SECOND;
    });
    expect(times).toEqual(seconds);
  });

  it('is none where nobody is called again: blue, yellow households, an end', () => {
    expect(nextStep(frozen({ level: 'yellow' }).callout, T0)).toBeUndefined();
    expect(nextStep(frozen({ level: 'blue', scope: 'internal' }).callout, T0)).toBeUndefined();
    expect(nextStep(frozen({ level: 'yellow', scope: 'internal' }).callout, T0)).toMatchObject({ n: 1, at: T0 + 360 * SECOND });
    expect(nextStep({ ...frozen().callout, endedAt: toIso(T0) }, T0)).toBeUndefined();
  });

  it('does every step once in its order whenever it is looked at, and no list twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 30 }), (gaps) => {
        let { callout } = frozen();
        let now = T0;
        for (const gap of gaps) {
          now += gap * SECOND;
          for (let due = nextStep(callout, now); due && due.at <= now; due = nextStep(callout, now))
            callout = stepped(callout, due, 1, now);
        }
        const numbers = callout.steps.map(({ n }) => n);
        expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
        const seconds = (now - T0) / SECOND;
        expect(numbers.filter((n) => n <= 5)).toHaveLength(Math.min(5, Math.floor(seconds / 60)));
        if (seconds >= 600) expect(numbers.at(-1)).toBe(5 + Math.floor((seconds - 300) / 300));
      }),
    );
  });
});

describe('the work of a step', () => {
  it('has ids of its own that a second time are the same, short enough for a call', () => {
    const { callout, parties } = frozen();
    const steps = [60, 120, 180, 240, 300, 600, 900].flatMap((at, n) => {
      const due = { n: n + 1, step: nextStepAt(n), at: T0 + at * SECOND } as const;
      const once = [...workFor(callout, due, parties, tools).deliveries, ...listFor(callout, due, parties, tools)];
      const again = [...workFor(callout, due, parties, tools).deliveries, ...listFor(callout, due, parties, tools)];
      expect(again.map(({ id }) => id)).toEqual(once.map(({ id }) => id));
      return once;
    });
    expect(new Set(steps.map(({ outId }) => outId)).size).toBe(steps.length);
    expect(steps.every(({ outId }) => outId.length <= 15)).toBe(true);
    expect(new Set(steps.map(({ recipient, channel, step }) => `${recipient} ${channel} ${step}`)).size).toBe(steps.length);
  });

  it('goes on to the other numbers of the card, in its order', () => {
    const card = household(1, {
      members: [
        { name: '王小', phone: '13800009001' },
        { name: '王大', phone: '13800001001' },
        { name: '王二', phone: '13800009002' },
      ],
    });
    const { callout, parties } = frozen({}, { cards: { workCards: [], householdCards: [card] } });
    const { deliveries } = workFor(callout, { n: 2, step: 'call-others', at: T0 }, parties, tools);
    expect(deliveries.map(({ address }) => address)).toEqual(['13800009001', '13800009002']);
  });

  it('names as many as fit into the variable, and says that there are others', () => {
    const cards = Array.from({ length: 9 }, (_, n) => household(n + 1, { id: `c${n}`, householder: `欧阳文${n}` }));
    const { callout, parties } = frozen({}, { cards: { workCards: [], householdCards: cards } });
    const [message] = listFor(callout, { n: 5, step: 'knock', at: T0 }, parties, tools);
    expect(message?.template.params.names).toBe('欧阳文0-欧阳文1-欧阳文2-欧阳文3等');
    expect(message?.template.text).toContain('9户未回应');
  });

  it('writes where nobody can be called', () => {
    const { callout, parties } = frozen();
    const { deliveries } = workFor(callout, { n: 1, step: 'call-again', at: T0 }, parties, { ...tools, voice: false });
    expect(deliveries.map(({ channel }) => channel)).toEqual(['sms', 'sms', 'sms']);
  });
});

const nextStepAt = (n: number) =>
  (['call-again', 'call-others', 'tell-village', 'tell-township', 'knock', 'list', 'list'] as const)[n] ?? 'list';
