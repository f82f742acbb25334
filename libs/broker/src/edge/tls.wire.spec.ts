import { connect as connectPlain } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { BrokerInTest, secretOf, until } from '../fakes/broker-in-test.js';
import { TestAuthority } from '../fakes/certificates.js';
import { raw, RawClient } from '../fakes/raw-client.js';

const test = new BrokerInTest();
let authority: TestAuthority;
let stranger: TestAuthority;
let server: { cert: string; key: string };
beforeAll(async () => {
  authority = await TestAuthority.make('County CA');
  stranger = await TestAuthority.make('Somebody else');
  server = await authority.sign('station');
});

const start = (clientCa?: string) => test.start({ tls: { port: 0, ...server, clientCa } });
async function secure(options: ConnectionOptions = {}): Promise<RawClient> {
  const socket = connect({ port: test.broker.tlsPort ?? 0, host: '127.0.0.1', servername: 'localhost', ca: authority.cert, ...options });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const client = RawClient.over(socket);
  test.clients.push(client);
  return client;
}
/** CONNACK code, or 'closed'. */
async function answer(client: RawClient, connection: Parameters<typeof raw.connect>[0]): Promise<number | undefined> {
  client.send(raw.connect(connection));
  await client.until(({ heard, closed }) => heard.length > 0 || closed);
  return client.heard[0]?.body[1];
}
const passwordOf = (id: string) => ({ clientId: id, username: id, password: secretOf(id) });

describe('MQTT over TLS', () => {
  it('takes messages of a device with its password, beside the plain port', async () => {
    await start();
    const client = await secure();
    expect(await answer(client, passwordOf('A'))).toBe(0);
    client.send(raw.publish('$dp', 'over TLS'));
    await until(() => test.held.length === 1);
    expect(test.held[0]?.deviceId).toBe('A');
    await test.device('B');
    expect(test.broker.connections()).toBe(2);
  });

  it('lets a device in by its certificate alone, and with a client CA still by its password', async () => {
    await start(authority.cert);
    expect(await answer(await secure(await authority.sign('A')), { clientId: 'A' })).toBe(0);
    expect(await answer(await secure(), passwordOf('B'))).toBe(0);
  });

  it('refuses a certificate of another device, of nobody, of another CA, and an expired one, password or not', async () => {
    await start(authority.cert);
    const cases: [string, { cert: string; key: string }, number][] = [
      ['another device', await authority.sign('B'), 5],
      ['nobody', await authority.sign('nobody'), 5],
      ['another CA', await stranger.sign('A'), 5],
      ['expired', await authority.sign('A', -1), 5],
    ];
    for (const [what, certificate, code] of cases)
      expect([what, await answer(await secure(certificate), passwordOf('A'))]).toEqual([what, code]);
    expect(await answer(await secure(await authority.sign('B')), { clientId: 'A' })).toBe(2);
    expect(test.broker.connections()).toBe(0);
  });

  it('survives those who do not speak TLS', async () => {
    await start();
    const socket = connectPlain({ port: test.broker.tlsPort ?? 0, host: '127.0.0.1' });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(raw.connect(passwordOf('A')));
    await closed;
    expect(await answer(await secure(), passwordOf('A'))).toBe(0);
  });
});
