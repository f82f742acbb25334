import { expect, it } from 'vitest';
import { messageTemplates } from '../../message/catalogue.js';
import { spoken, voiceTemplates } from './spoken.js';

it.each([
  [
    '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布。收到回1，求助回2',
    '地灾红色预警：石碑村。立即撤到村小学，勿返回取物。15:20发布',
  ],
  ['请留意坡面变化和后续通知。15:20发布', '请留意坡面变化和后续通知。15:20发布'],
  ['请到岗按预案处置。15:20发布。收到回1', '请到岗按预案处置。15:20发布'],
  ['立即撤离。按1确认收到，按2需要帮助', '立即撤离'],
])('%s is read as %s', (text, said) => expect(spoken(text)).toBe(said));

it('no text of ours asks a caller to write back, and each fits what the vendor reads', () => {
  for (const { id, text } of messageTemplates.filter(({ id }) => !id.includes('reply:'))) {
    expect(spoken(text), id).not.toMatch(/回1|回2/);
    expect(spoken(text).length).toBeLessThan(200);
  }
  expect(voiceTemplates.start.text).toContain('按1');
});
