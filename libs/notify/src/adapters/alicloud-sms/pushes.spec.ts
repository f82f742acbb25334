import { describe, expect, it } from 'vitest';
import { readSmsPush } from './pushes.js';

const now = Date.parse('2026-07-01T08:00:00Z');
const push = (body: unknown, method = 'POST') =>
  readSmsPush({ method, url: '', headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }, 'alicloud', now);

const report = {
  phone_number: '1381111****',
  send_time: '2026-07-01 15:20:00',
  report_time: '2026-07-01 15:20:09',
  success: false,
  err_code: 'MK:0001',
  err_msg: '空号',
  sms_size: '1',
  biz_id: '12345',
  out_id: 'd1',
};
const up = { phone_number: '13811110001', content: '1', send_time: '2026-07-01 15:21:00', dest_code: '1234', sequence_id: 1234567890 };

describe('pushes of Alibaba Cloud SMS', () => {
  it('reads receipts, in the vendor’s civil time, and answers as it wants', () => {
    expect(push([report])).toMatchObject({
      news: {
        receipts: [
          {
            outId: 'd1',
            providerId: '12345',
            provider: 'alicloud',
            status: 'failed',
            code: 'MK:0001',
            errorClass: 'RECIPIENT_PERM',
            at: Date.parse('2026-07-01T07:20:09Z'),
          },
        ],
        replies: [],
      },
      answer: { status: 200, body: '{"code":0,"msg":"接收成功"}' },
    });
  });

  it('reads replies, with numbers of the vendor as texts', () => {
    expect(push([up])?.news.replies).toEqual([
      {
        provider: 'alicloud',
        sequenceId: '1234567890',
        channel: 'sms',
        from: '13811110001',
        content: '1',
        at: Date.parse('2026-07-01T07:21:00Z'),
      },
    ]);
  });

  it('takes what it understands and leaves out the rest', () => {
    expect(push([{ new: 'kind' }, report, up])?.news).toMatchObject({ receipts: [{ outId: 'd1' }], replies: [{ content: '1' }] });
  });

  it('the same reply without a number of its own is the same reply', () => {
    const { sequence_id: _, ...unnumbered } = up;
    const ids = [unnumbered, unnumbered, { ...unnumbered, content: '2' }].map((one) => push([one])?.news.replies[0]?.sequenceId);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).not.toBe(ids[2]);
  });

  it.each([['{"not":"a push"}'], ['[{"nothing":"known"}]'], ['not JSON'], ['"text"'], ['[1,null]']])(
    'is no push of this vendor: %s',
    (body) => expect(push(body)).toBeUndefined(),
  );

  it('only POST is a push; an empty one is the vendor trying the address', () => {
    expect(push([report], 'GET')).toBeUndefined();
    expect(push([])).toMatchObject({ answer: { status: 200 }, news: { receipts: [], replies: [] } });
  });
});
