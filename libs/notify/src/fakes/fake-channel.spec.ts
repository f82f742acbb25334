import { channelConformance, type ChannelBench } from '../channel.conformance.js';
import { FakeChannel, type FakeOutcome } from './fake-channel.js';

channelConformance('fake', (): ChannelBench => {
  const channel = new FakeChannel('fake');
  return {
    // As impatient as a real adapter, scaled down.
    channel: Object.assign(Object.create(channel) as FakeChannel, {
      send: (message: Parameters<FakeChannel['send']>[0], signal: AbortSignal) =>
        channel.send(message, AbortSignal.any([signal, AbortSignal.timeout(100)])),
      query: (question: { outId: string }) => channel.query(question),
    }),
    mood: (mood) => {
      const outcome: FakeOutcome =
        mood === 'accepts'
          ? { ok: true, providerId: 'x' }
          : mood === 'takes-it-and-hangs-up' || mood === 'answers-too-late'
            ? 'lost-answer'
            : { ok: false, cls: mood, code: `said-${mood}`, message: 'refused' };
      channel.behave = () => outcome;
    },
    taken: (outId) => channel.times(outId),
    message: (outId) => ({
      outId,
      to: '13800001234',
      template: { code: 'SMS_900001', params: { where: '石碑村' }, text: '地灾红色预警：石碑村' },
      validitySeconds: 60,
    }),
  };
});
