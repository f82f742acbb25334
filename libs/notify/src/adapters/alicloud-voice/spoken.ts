/** What an SMS asks for at its end has no place in a call, whose own template says which keys there are. */
const askedForAtTheEnd = /[。，]?(?:收到回1(?:[，,]求助回2)?|按1确认收到(?:[，,]按2需要帮助)?)。?$/;

/** The text of a message as it is read out. */
export const spoken = (text: string): string => text.replace(askedForAtTheEnd, '').replace(/。$/, '');

/**
 * Texts a call needs approved by the vendor, as they are registered with the gateway simulator. A county has the same approved in its own account and
 * names their codes in the environment (docs/operations/providers.md). `content` is the message's own text.
 */
export const voiceTemplates = {
  start: { code: 'TTS_900001', text: '地质灾害防治电话，请听完。${content}。确认收到请按1，需要帮助请按2' },
  ack: { code: 'TTS_900002', text: '已确认收到，请立即按要求行动，注意安全' },
  help: { code: 'TTS_900003', text: '已收到您的求助，工作人员马上联系您，请先离开危险区' },
  bye: { code: 'TTS_900004', text: '再见' },
} as const;
