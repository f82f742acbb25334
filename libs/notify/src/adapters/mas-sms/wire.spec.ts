import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './errors.js';
import { readPush, submission } from './wire.js';

const account = {
  url: 'http://127.0.0.1:1992',
  ecName: '望山县自然资源局',
  apId: 'wangshan',
  secretKey: 'secret',
  signCode: 'QmSign01',
  addSerial: '8',
};
const unpacked = (body: string) => JSON.parse(Buffer.from(body, 'base64').toString('utf8')) as Record<string, string>;

describe('a submission', () => {
  it('is free text, signed over the values in the vendor’s order, without the secret', () => {
    const { path, body } = submission(account, '13900000001', { content: '地灾红色预警' });
    const mac = createHash('md5').update('望山县自然资源局wangshansecret13900000001地灾红色预警QmSign018').digest('hex');
    expect(path).toBe('/sms/norsubmit');
    expect(unpacked(body)).toEqual({
      ecName: '望山县自然资源局',
      apId: 'wangshan',
      mobiles: '13900000001',
      content: '地灾红色预警',
      sign: 'QmSign01',
      addSerial: '8',
      mac,
    });
  });

  it('or a template with its parameters', () => {
    const { path, body } = submission(account, '13900000001', { templateId: 't-9', params: ['石碑村', '15:20'] });
    const mac = createHash('md5').update('望山县自然资源局wangshansecrett-913900000001["石碑村","15:20"]QmSign018').digest('hex');
    expect(path).toBe('/sms/tmpsubmit');
    expect(unpacked(body)).toMatchObject({ templateId: 't-9', params: '["石碑村","15:20"]', mac });
  });
});

describe('a push', () => {
  const report = { errorCode: 'CM:2007', mobile: '13900000001', msgGroup: '0906163415000000332084', receiveDate: '20210906144506' };
  it('is one report or many, plain or in base64', () => {
    for (const text of [JSON.stringify(report), JSON.stringify([report]), Buffer.from(JSON.stringify([report])).toString('base64')])
      expect(readPush(text)?.reports).toMatchObject([{ msgGroup: '0906163415000000332084', errorCode: 'CM:2007' }]);
  });

  it('or replies, and nothing else', () => {
    expect(readPush(JSON.stringify({ mobile: '13900000001', smsContent: '1', sendTime: '2021-09-06 14:45:06' }))?.ups).toHaveLength(1);
    for (const text of ['', '[]', '{}', 'null', 'nonsense', '[{"msgGroup":7}]', JSON.stringify([report, { other: 1 }])])
      expect(readPush(text)).toBeUndefined();
  });
});

it.each([
  ['CM:0000', '', { status: 'delivered', code: 'CM:0000' }],
  ['DELIVRD', 'CM:0000', { status: 'delivered', code: 'DELIVRD' }],
  ['', 'DELIVRD', { status: 'delivered', code: 'DELIVRD' }],
  ['CM:2007', '', { status: 'failed', code: 'CM:2007' }],
  ['MK:0001', '', { status: 'failed', code: 'MK:0001', errorClass: 'RECIPIENT_PERM' }],
  ['', '', { status: 'failed', code: 'no-code' }],
] as const)('a report of %s %s', (errorCode, reportStatus, outcome) => expect(outcomeOf({ errorCode, reportStatus })).toEqual(outcome));
