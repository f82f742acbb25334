import type { Duplex } from 'node:stream';
import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import { createEmbeddedBroker, type EmbeddedBroker } from '#libs/broker';
import type { Packet } from '#libs/ingest';
import { createLogger, DataKey } from '#libs/platform';
import { FakeClock, type Observation, PATIENCE_MS, RecordingDevice, Scenario, type Transport, until } from '#libs/testing';

const dataKey = new DataKey('a data key of thirty-two characters');
const device = 'A1';
const secret = 'secret-of-A1';
const registered = { deviceId: device, interval: 60, secretHash: dataKey.deviceSecretHash(secret) } as RegisteredDevice;
const registry = {
  device: (id: string) => (id === device ? registered : undefined),
  deviceBySecretHash: (hash: string) => (hash === registered.secretHash ? registered : undefined),
} as RegistryView;

/** A broker whose messages wait for the script's word, as they would for a commit. */
export class HeldBroker {
  readonly observations: Observation[] = [];
  readonly #held = new Map<string, { commit: () => void; fail: () => void }>();

  private constructor(readonly broker: EmbeddedBroker) {}

  static async open(): Promise<HeldBroker> {
    const opened: { held?: HeldBroker } = {};
    const broker = await createEmbeddedBroker({
      host: '127.0.0.1',
      port: 0,
      deviceRate: 0,
      registry,
      dataKey,
      clock: new FakeClock('2026-11-20T00:00:00Z'),
      logger: createLogger('silent'),
      accept: (packet) => opened.held?.accept(packet) ?? Promise.reject(new Error('not open yet')),
    });
    opened.held = new HeldBroker(broker);
    return opened.held;
  }

  attach = (stream: Duplex): void => this.broker.attach(stream);

  accept(packet: Packet): Promise<void> {
    const text = Buffer.from(packet.payload).toString();
    this.#see('arrived', text);
    return new Promise((resolve, reject) => this.#held.set(text, { commit: resolve, fail: () => reject(new Error('the store is away')) }));
  }

  /** The commit of this message succeeds. */
  async commit(text: string): Promise<void> {
    (await until(`message ${text}`, PATIENCE_MS, () => this.#held.get(text))).commit();
  }

  /** The commit of this message fails. */
  async fail(text: string): Promise<void> {
    (await until(`message ${text}`, PATIENCE_MS, () => this.#held.get(text))).fail();
  }

  /** A device double on this transport; each PUBACK it gets and the end of its connection are observations. */
  async connect(transport: Transport): Promise<(text: string) => void> {
    const link = await RecordingDevice.connect(transport, device, secret);
    return (text) => {
      link.publish('$dp', text).then(
        () => this.#see('puback', text),
        () => this.#see('lost', text),
      );
    };
  }

  #see(kind: string, what: string): void {
    this.observations.push({ at: Date.now(), kind, what });
  }
}

/** Acknowledged = stored, as a script: PUBACK after the commit, in the order of the messages, never for what was not stored. */
export function acknowledgementScript(held: HeldBroker, transport: Transport): Scenario {
  let publish: (text: string) => void = () => undefined;
  const is = (text: string) => (what: string) => what === text;
  const script = new Scenario();
  script.at('0ms', 'three messages').do(async () => {
    publish = await held.connect(transport);
    for (const text of ['one', 'two', 'three']) publish(text);
  });
  script.between('0ms', '200ms').want('arrived', 3, 'every message is handed on while those before it wait');
  script.between('0ms', '200ms').want('puback', 0, 'no acknowledgement before a commit');

  script.at('200ms', 'the third is committed first').do(() => held.commit('three'));
  script.between('200ms', '400ms').want('puback', 0, 'no acknowledgement overtakes another');

  script.at('400ms', 'the first is committed').do(() => held.commit('one'));
  script.between('400ms', '600ms').want('puback', 1, 'the first is acknowledged', is('one'));
  script.between('400ms', '600ms').want('puback', 1, 'and no other');

  script.at('600ms', 'the store fails at the second').do(() => held.fail('two'));
  script.between('600ms', '800ms').want('lost', 2, 'the connection closes on what is not acknowledged');
  script.between('600ms', '800ms').want('puback', 0, 'what was not stored is not acknowledged, nor what came after it');

  script.at('800ms', 'the device comes back and sends both again').do(async () => {
    publish = await held.connect(transport);
    for (const text of ['two', 'three']) publish(text);
  });
  script.at('1s', 'both are committed').do(async () => {
    await held.commit('two');
    await held.commit('three');
  });
  script.between('800ms', '1s').want('puback', 0, 'again nothing before the commit');
  script.between('1s', '1.3s').want('puback', 2, 'now both are acknowledged');
  return script;
}
