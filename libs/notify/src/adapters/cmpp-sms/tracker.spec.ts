import { describe, expect, it } from 'vitest';
import { classifyResult } from './errors.js';
import { PartTracker, newMessage } from './tracker.js';

const report = (msgId: string, state = 'DELIVRD') => ({ msgId, state, submittedAt: '', doneAt: '', to: '13900000001', smscSequence: 1 });

/** Reported and kept, as when all is well. */
function through(tracker: PartTracker, given: ReturnType<typeof report>, at: number) {
  const receipt = tracker.reported(given, at);
  tracker.kept(given);
  return receipt;
}

describe('reports of a message in parts', () => {
  it('says the same again until it is kept', () => {
    const tracker = new PartTracker('cmpp');
    tracker.took('aa', newMessage('d1', 1));
    expect(tracker.reported(report('aa'), 1)).toMatchObject({ outId: 'd1' });
    expect(tracker.reported(report('aa'), 2)).toMatchObject({ outId: 'd1' });
    tracker.kept(report('aa'));
    expect(tracker.reported(report('aa'), 3)).toBeUndefined();
  });

  it('is delivered when all parts are, once', () => {
    const tracker = new PartTracker('cmpp');
    const message = newMessage('d1', 2);
    tracker.took('aa', message);
    tracker.took('bb', message);
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
    const tracker = new PartTracker('cmpp');
    const message = newMessage('d1', 2);
    tracker.took('aa', message);
    tracker.took('bb', message);
    expect(through(tracker, report('aa', 'UNDELIV'), 1)).toMatchObject({ outId: 'd1', status: 'failed', code: 'UNDELIV' });
    expect(through(tracker, report('bb'), 2)).toBeUndefined();
  });

  it('of an earlier run is told by the gateway’s number alone', () => {
    expect(through(new PartTracker('cmpp'), report('cc'), 1)).toMatchObject({ providerId: 'cc', status: 'delivered' });
  });
});

it.each([
  [8, 'TRANSIENT'],
  [6, 'CONTENT'],
  [10, 'ACCOUNT'],
  [13, 'RECIPIENT_PERM'],
  [99, 'BUG'],
] as const)('result %i is %s', (result, cls) => expect(classifyResult(result)).toBe(cls));
