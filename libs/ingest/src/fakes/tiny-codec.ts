import { catalogueOf, DeviceProfile, type Codec, type DecodeFault, type Sample } from '#libs/contracts';

const field = (name: string, more: object = {}) => ({ name, title: { zh: name, en: name }, unit: 'mm', range: [0, 100], ...more });

/** A catalogue of one profile, `station`: a crack, a displacement, a shock, a battery and a rain total. */
export const tinyCatalogue = catalogueOf([
  DeviceProfile.parse({
    id: 'station',
    title: { zh: '站', en: 'station' },
    interval: 60,
    sensors: [
      { code: 'L1_LF', title: { zh: '裂缝', en: 'crack' }, fields: [field('value')] },
      {
        code: 'L1_GP',
        title: { zh: '位移', en: 'displacement' },
        fields: [field('value', { accuracy: 2, range: [-1e6, 1e6], baseline: true, stuckAfter: 6 })],
      },
      { code: 'L1_JS', title: { zh: '加速度', en: 'shock' }, fields: [field('value', { accuracy: 2, range: [-1e6, 1e6], spike: false })] },
      { code: 'S1_ZT', title: { zh: '状态', en: 'status' }, fields: [field('battery', { lowBelow: 20 })] },
      { code: 'L3_YL', title: { zh: '雨量', en: 'rain' }, fields: [field('value'), field('totalValue', { accumulator: true })] },
    ],
  }),
]);

/** Lines of `<device> <channel> <epoch ms or -> <value>`: the simplest codec that can say everything a codec says. */
export const tinyCodec: Codec = (payload, context) => {
  const samples: Sample[] = [];
  const faults: DecodeFault[] = [];
  for (const line of new TextDecoder().decode(payload).split('\n')) {
    const [deviceId = '', channel = '', time = '', value = ''] = line.split(' ');
    const source = context.source(deviceId);
    if ('refused' in source) faults.push({ reason: source.refused, detail: source.detail });
    else {
      const known = source.profile.field(channel);
      if (!known) faults.push({ reason: 'unknown-code', detail: channel });
      else samples.push({ deviceId, channel, field: known, time: time === '-' ? null : Number(time), value: Number(value) });
    }
  }
  return { samples, faults, facts: [] };
};
