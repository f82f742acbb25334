import { describe, expect, it } from 'vitest';
import { readVoicePush } from './pushes.js';

const now = Date.parse('2026-07-01T08:00:00Z');
const push = (...entries: unknown[]) =>
  readVoicePush({ method: 'POST', url: '', headers: {}, body: Buffer.from(JSON.stringify(entries)) }, 'alicloud-voice', now);
const call = {
  call_id: '116^1',
  out_id: 'd1',
  callee: '13800001234',
  status_code: '200000',
  duration: '25',
  end_time: '2026-07-01 15:20:30',
  dtmf: '',
};

describe('pushes about calls', () => {
  it.each([
    ['heard to the end', {}, 'delivered'],
    ['hung up after 14 s', { status_code: '200001', duration: 14 }, 'failed'],
    ['hung up after 15 s', { status_code: '200001', duration: 15 }, 'delivered'],
    ['a key at once', { status_code: '200001', duration: '2', dtmf: '1' }, 'delivered'],
    ['not answered', { status_code: '200003', duration: '0' }, 'failed'],
    ['busy, whatever the duration says', { status_code: '200002', duration: '40' }, 'failed'],
  ] as const)('%s', (_, over, status) => {
    expect(push({ ...call, ...over })?.news.receipts).toMatchObject([
      { outId: 'd1', providerId: '116^1', provider: 'alicloud-voice', status },
    ]);
  });

  it('answered is not acknowledged: without a key nobody has replied', () => {
    expect(push(call)?.news.replies).toEqual([]);
  });

  it('a key is a reply that names the message; 2 is never lost behind a 1', () => {
    const keys = (dtmf: string) => push({ ...call, dtmf })?.news.replies.map(({ content }) => content);
    expect([keys('1'), keys('2'), keys('12'), keys(' 1 ')]).toEqual([['1'], ['2'], ['2'], ['1']]);
    expect(push({ ...call, dtmf: '1' })?.news.replies).toEqual([
      {
        provider: 'alicloud-voice',
        sequenceId: '116^1',
        channel: 'voice',
        from: '13800001234',
        content: '1',
        at: Date.parse('2026-07-01T07:20:30Z'),
        outId: 'd1',
      },
    ]);
  });

  it('a key told while the call goes on is no end of it, and the same reply as the one told at the end', () => {
    const during = push({ call_id: '116^1', status_code: '300000', dtmf: '1', status_time: '2026-07-01 15:20:10', out_id: 'd1' });
    expect(during?.news.receipts).toEqual([]);
    expect(during?.news.replies[0]).toMatchObject({ sequenceId: push({ ...call, dtmf: '1' })?.news.replies[0]?.sequenceId, content: '1' });
  });

  it('states on the way are neither; what is not of this vendor is refused', () => {
    expect(push({ ...call, status_code: '300001' })?.news).toEqual({ receipts: [], replies: [] });
    expect(push({ hello: 'world' })).toBeUndefined();
    expect(push()).toMatchObject({ answer: { status: 200 } });
  });
});
