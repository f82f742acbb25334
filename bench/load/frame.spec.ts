import { parser, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { nationalCodec } from '#devices';
import { loadCatalogue } from '#libs/platform';
import { FrameTemplate } from './frame.js';

const profile = loadCatalogue().profile('station');

function decode(bytes: Buffer) {
  let payload = Buffer.alloc(0);
  const reader = parser();
  reader.on('packet', (packet: Packet) => {
    if (packet.cmd === 'publish') payload = Buffer.from(packet.payload);
  });
  reader.parse(bytes);
  if (!profile) throw new Error('the catalogue has no profile station');
  return nationalCodec(payload, { deviceId: 'BENCH00001', source: () => ({ profile }) });
}

describe('FrameTemplate', () => {
  it.each([Date.UTC(2026, 10, 21, 13, 36, 12, 45), Date.UTC(2026, 10, 21, 13, 36, 12, 999), Date.UTC(2026, 10, 21, 13, 36, 13, 0)])(
    'is three values at the time given (%i)',
    (time) => {
      const template = new FrameTemplate('BENCH00001');
      const bytes = Buffer.alloc(template.length + 2);
      template.write(bytes, 2, 7, time, 987);
      const { samples, faults } = decode(bytes.subarray(2));
      expect(faults).toEqual([]);
      expect(samples.map((sample) => [sample.channel, sample.time, sample.value])).toEqual([
        ['L1_LF_1', time, 12.347],
        ['L3_YL_1', time, 0.8],
        ['L1_QJ_1.X', time, 1.239],
      ]);
    },
  );
});
