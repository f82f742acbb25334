import type { AcceptedMessage, Reply } from '../frame/message-log.js';
import { Batch, type Pushes } from '../frame/pushes.js';
import type { Registry } from '../frame/registry.js';
import type { Later } from '../frame/vendor.js';
import { shanghai } from './answers.js';
import { callRecord } from './call-record.js';
import { smsProvider } from './sms.js';
import { voiceProvider } from './voice.js';

const bare = (number: string): string => number.replace(/^\+86/, '');

/** What the vendor pushes: `SmsReport`, `SmsUp` and `VoiceReport`, in batches, unsigned (notify.md §1.8, §3.2). */
export class AlicloudReports {
  readonly #sms: Batch<Record<string, unknown>>;
  readonly #up: Batch<Record<string, unknown>>;
  readonly #voice: Batch<Record<string, unknown>>;

  constructor(registry: Registry, pushes: Pushes, later: Later) {
    const to = (provider: string) =>
      new Batch<Record<string, unknown>>(later, (items) => {
        const url = registry.hookOf(provider);
        if (url !== undefined) pushes.send({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(items), accepted });
      });
    this.#sms = to(smsProvider);
    this.#up = to(smsProvider);
    this.#voice = to(voiceProvider);
  }

  message(one: AcceptedMessage, now: number): void {
    const delivered = one.receipt === 'DELIVERED';
    this.#sms.add({
      phone_number: bare(one.to),
      send_time: shanghai(one.at),
      report_time: shanghai(now),
      success: delivered,
      err_code: one.receipt,
      err_msg: delivered ? '用户接收成功' : '短信发送失败',
      sms_size: String(one.parts),
      biz_id: one.bizId,
      out_id: one.outId,
    });
  }

  call(one: AcceptedMessage): void {
    const { code, message, seconds, dtmf } = callRecord(one);
    const began = seconds > 0 ? shanghai(one.receiptAt - seconds * 1000) : '';
    this.#voice.add({
      call_id: one.bizId,
      out_id: one.outId,
      callee: bare(one.to),
      status_code: code,
      status_msg: message,
      originate_time: shanghai(one.at),
      ring_time: shanghai(one.at),
      start_time: began,
      end_time: shanghai(one.receiptAt),
      duration: String(seconds),
      hangup_direction: code === '200001' ? '1' : '0',
      dtmf,
    });
  }

  reply({ id, from, text, at }: Reply): void {
    this.#up.add({ phone_number: bare(from), content: text, send_time: shanghai(at), dest_code: '9527', sequence_id: id });
  }
}

/** HTTP 200 and a numeric `code` is success; anything else is pushed again. */
function accepted(status: number, text: string): boolean {
  try {
    return status === 200 && typeof (JSON.parse(text) as { code?: unknown }).code === 'number';
  } catch {
    return false;
  }
}
