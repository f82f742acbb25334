import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatorSmtp } from '#libs/contracts';
import { channelConformance } from '../../channel.conformance.js';
import { ANSWER_MS, GatewayBench, aMessage } from '../../fakes/gateway-bench.js';
import { Smtp } from './channel.js';
import { classify } from './errors.js';

const never = new AbortController().signal;
let bench: GatewayBench;
const make = (over: Partial<ConstructorParameters<typeof Smtp>[0]> = {}) =>
  new Smtp({
    host: '127.0.0.1',
    port: bench.simulator.smtpPort,
    security: 'none',
    ...simulatorSmtp,
    from: 'warning@wangshan.example',
    timeoutMs: ANSWER_MS,
    ...over,
  });
let box = 0;
const message = (outId: string) => aMessage(outId, { to: `duty-${(box += 1)}@county.example` });

beforeAll(async () => {
  bench = await GatewayBench.open('望山县自然资源局');
});
afterAll(() => bench.close());

channelConformance(
  'smtp',
  () => ({
    channel: make(),
    mood: (mood) => bench.mood(mood),
    taken: (outId) => bench.taken(outId),
    message,
  }),
  ['TEMPLATE'],
);

describe('mail over the wire', () => {
  it('arrives with title, text and a name of its own', async () => {
    await bench.mood('accepts');
    const sent = { ...message('d-mail-1'), about: { level: 'red', kind: 'warning', exercise: true } as const };
    expect(await make().send(sent, never)).toMatchObject({ ok: true, delivered: true });
    const [mail] = (await bench.outbox()).filter(({ outId }) => outId === 'd-mail-1');
    expect(mail).toMatchObject({ to: sent.to, channel: 'email', provider: 'smtp' });
    expect(mail?.text).toBe('【演练】地质灾害红色预警\n地灾红色预警：石碑村3组');
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'ACCOUNT', 'smtp-535'],
    ['nobody listening', { port: 1 }, 'TRANSIENT', 'ESOCKET'],
    ['a server that offers no encryption', { security: 'starttls' as const }, 'ACCOUNT', 'smtp-500'],
  ] as const)('%s', async (_, over, cls, code) => {
    expect(await make(over).send(message('d-mail-2'), never)).toMatchObject({ ok: false, cls, code });
  });
});

it.each([
  [{ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'RECIPIENT_PERM'],
  [{ code: 'EENVELOPE', responseCode: 452, command: 'RCPT TO' }, 'RECIPIENT_LIMIT'],
  [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'CONTENT'],
  [{ code: 'EMESSAGE', responseCode: 451, command: 'DATA' }, 'TRANSIENT'],
  [{ code: 'EMESSAGE', responseCode: 421, command: 'DATA' }, 'UNKNOWN'],
  [{ code: 'ETIMEDOUT', unreached: true }, 'TRANSIENT'],
  [{ code: 'ECONNECTION', command: 'CONN' }, 'UNKNOWN'],
] as const)('%j is %s', (failure, cls) => expect(classify(failure)).toBe(cls));
