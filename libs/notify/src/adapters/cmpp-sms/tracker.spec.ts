import { describe, expect, it } from 'vitest';
import { HOUR } from '#libs/contracts';
import { classifyResult } from './errors.js';
import { PartTracker, newMessage } from './tracker.js';

const T = Date.parse('2026-07-01T15:20:20+08:00');
const phone = '13900000001';
const report = (msgId: string, state = 'DELIVRD', more: { submittedAt?: string; to?: string } = {}) => ({
  msgId,
  state,
  submittedAt: '2607011520',
  doneAt: '',
  to: phone,
  smscSequence: 1,
  ...more,
});
const started = () => new PartTracker('cmpp', T - HOUR);

/** Reported and kept, as when all is well. */
function through(tracker: PartTracker, given: ReturnType<typeof report>, at: number) {
  const { receipt, kept } = tracker.reported(given, at);
  kept();
  return receipt;
}
/** Messages whose parts the gateway has named. */
function took(tracker: PartTracker, outId: string, ...names: string[]) {
  const message = newMessage(outId, names.length);
  for (const name of names) tracker.left(message, phone, T)(name, 0);
}

describe('reports of a message in parts', () => {
  it('says the same again until it is kept', () => {
    const tracker = started();
    took(tracker, 'd1', 'aa');
    expect(tracker.reported(report('aa'), 1).receipt).toMatchObject({ outId: 'd1' });
    expect(tracker.reported(report('aa'), 2).receipt).toMatchObject({ outId: 'd1' });
    through(tracker, report('aa'), 2);
    expect(tracker.reported(report('aa'), 3).receipt).toBeUndefined();
  });

  it('is delivered when all parts are, once', () => {
    const tracker = started();
    took(tracker, 'd1', 'aa', 'bb');
    expect(through(tracker, report('bb'), 5)).toBeUndefined();
    expect(through(tracker, report('bb'), 6)).toBeUndefined();
    expect(through(tracker, report('aa', 'ACCEPTD'), 6)).toBeUndefined();
    expect(through(tracker, report('aa'), 7)).toEqual({
      outId: 'd1',
      providerId: 'aa',
      provider: 'cmpp',
      status: 'delivered',
      code: 'DELIVRD',
      at: 7,
    });
    expect(through(tracker, report('aa'), 8)).toBeUndefined();
  });

  it('has failed when one part has', () => {
    const tracker = started();
    took(tracker, 'd1', 'aa', 'bb');
    expect(through(tracker, report('aa', 'UNDELIV'), 1)).toMatchObject({ outId: 'd1', status: 'failed', code: 'UNDELIV' });
    expect(through(tracker, report('bb'), 2)).toBeUndefined();
  });

  it('of an earlier run is told by the gateway’s number alone', () => {
    expect(through(started(), report('cc'), 1)).toMatchObject({ providerId: 'cc', status: 'delivered' });
  });
});

describe('a report whose number no answer has told', () => {
  it('is of the one message of its phone and minute', () => {
    const tracker = started();
    tracker.left(newMessage('d1', 1), phone, T);
    tracker.left(newMessage('d2', 1), '13900000002', T);
    expect(through(tracker, report('cc', 'UNDELIV', { to: `86${phone}` }), 1)).toMatchObject({ outId: 'd1', status: 'failed' });
  });

  it.each([
    ['another minute', { submittedAt: '2607011522' }],
    ['another phone', { to: '13900000003' }],
    ['no time', { submittedAt: '' }],
    ['a time that is none', { submittedAt: '2613999999' }],
  ])('of %s is nobody’s', (_, more) => {
    const tracker = started();
    tracker.left(newMessage('d1', 1), phone, T);
    expect(through(tracker, report('cc', 'DELIVRD', more), 1)).not.toHaveProperty('outId');
  });

  it('completes a message one of whose parts has a number', () => {
    const tracker = started();
    const message = newMessage('d1', 2);
    tracker.left(message, phone, T)('aa', 0);
    tracker.left(message, phone, T);
    expect(through(tracker, report('bb'), 1)).toBeUndefined();
    expect(through(tracker, report('aa'), 2)).toMatchObject({ outId: 'd1', status: 'delivered' });
  });

  it('is nobody’s where two messages fit, and what the gateway refused does not', () => {
    const tracker = started();
    tracker.left(newMessage('d1', 1), phone, T);
    const second = tracker.left(newMessage('d2', 1), phone, T);
    expect(through(tracker, report('cc'), 1)).not.toHaveProperty('outId');
    second('', 8);
    expect(through(tracker, report('cc'), 2)).toMatchObject({ outId: 'd1' });
  });
});

it.each([
  [8, 'TRANSIENT'],
  [6, 'CONTENT'],
  [10, 'ACCOUNT'],
  [13, 'RECIPIENT_PERM'],
  [99, 'BUG'],
] as const)('result %i is %s', (result, cls) => expect(classifyResult(result)).toBe(cls));
