import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { OpenedEnvelope, SealedEnvelope } from '#libs/contracts';
import { agrees, AppKey, decipher, rightlySigned, sealedAt } from './app-key.js';
import type { DataKey } from './crypto.js';

/** The file is looked at again at most so often: a key that was just entered holds within seconds, and a flood of envelopes costs no stat each. */
const LOOK_AGAIN_MS = 5_000;
/** Nonces remembered for one application: an hour of a large county. Beyond it the oldest is forgotten. */
const NONCES = 20_000;
const SEALED_FOR = 'app-keys';
const File = z.record(z.string(), z.string());

const appKeysFile = (dataDir: string): string => path.join(dataDir, 'app-keys.json');

/** Keys of the applications whose devices encrypt (`<data dir>/app-keys.json`), each sealed with the data key. */
export class AppKeys {
  readonly #file: string;
  readonly #nonces = new Map<string, Map<string, number>>();
  #keys = new Map<string, AppKey>();
  #read: { at: number; changed: number } | undefined;

  constructor(
    dataDir: string,
    private readonly dataKey: DataKey,
    private readonly said: (problem: string) => void = () => undefined,
  ) {
    this.#file = appKeysFile(dataDir);
  }

  /** Opens an envelope. Never throws; its detail names the application, never a key. @param receivedAt epoch ms */
  open(sealed: SealedEnvelope, receivedAt: number): OpenedEnvelope {
    return this.#open(sealed, receivedAt, (key) => this.#fresh(sealed, key, receivedAt));
  }

  /** The same for who only wants to know whom it speaks of: it is never fresh, and its nonce is not remembered, so that `open` finds it new. */
  peek(sealed: SealedEnvelope, receivedAt: number): OpenedEnvelope {
    return this.#open(sealed, receivedAt, () => false);
  }

  #open(sealed: SealedEnvelope, receivedAt: number, freshness: (key: AppKey) => boolean): OpenedEnvelope {
    const { appId } = sealed;
    const key = this.#keyOf(appId, receivedAt);
    if (!key) return { refused: 'unknown-app', detail: `no key is entered for application ${appId}` };
    const wrong = (why: string): OpenedEnvelope => ({ refused: 'sealed-wrong', detail: `application ${appId}: ${why}` });
    if (!agrees(sealed.algorithm, key.cipher)) return wrong(`sealed with ${sealed.algorithm}, its key is of ${key.cipher}`);
    if (key.signKey !== undefined && !rightlySigned(sealed, key.signKey)) return wrong('the signature is missing or wrong');
    try {
      const payload = decipher(Buffer.from(sealed.body, 'base64'), key);
      return { payload, fresh: freshness(key) };
    } catch {
      return wrong('the body does not open with its key');
    }
  }

  /** Within the window of its key, and its nonce not met before. A resend has the nonce of the first: only what has no time suffers. */
  #fresh({ appId, timestamp, nonce }: SealedEnvelope, { window }: AppKey, receivedAt: number): boolean {
    const at = sealedAt(timestamp);
    if (timestamp !== undefined && (at === undefined || Math.abs(receivedAt - at) > window * 1000)) return false;
    if (nonce === undefined) return true;
    const met = this.#nonces.get(appId) ?? new Map<string, number>();
    this.#nonces.set(appId, met);
    const before = met.get(nonce);
    met.delete(nonce);
    met.set(nonce, receivedAt);
    for (const [old, when] of met) {
      if (met.size <= NONCES && receivedAt - when <= window * 1000) break;
      met.delete(old);
    }
    return before === undefined || receivedAt - before > window * 1000;
  }

  #keyOf(appId: string, now: number): AppKey | undefined {
    if (!this.#read || Math.abs(now - this.#read.at) > LOOK_AGAIN_MS) {
      const changed = existsSync(this.#file) ? statSync(this.#file).mtimeMs : 0;
      if (changed !== this.#read?.changed) this.#keys = this.#readAll();
      this.#read = { at: now, changed };
    }
    return this.#keys.get(appId);
  }

  /** Keys that can't be read are told of and left out; the others hold. */
  #readAll(): Map<string, AppKey> {
    const keys = new Map<string, AppKey>();
    try {
      for (const [appId, sealed] of Object.entries(readFile(this.#file)))
        try {
          keys.set(appId, AppKey.parse(JSON.parse(this.dataKey.decrypt(sealed, SEALED_FOR))));
        } catch {
          this.said(`${this.#file}: the key of application ${appId} does not open with this data key; enter it again`);
        }
    } catch {
      this.said(`${this.#file} is not readable: payloads of its applications go to quarantine`);
    }
    return keys;
  }
}

/** Enters or replaces the key of an application; undefined removes it. A running station uses it within seconds. @throws ZodError */
export function enterAppKey(dataDir: string, dataKey: DataKey, appId: string, key: unknown): void {
  const file = appKeysFile(dataDir);
  const all = new Map(Object.entries(readFile(file)));
  if (key === undefined) all.delete(appId);
  else all.set(appId, dataKey.encrypt(JSON.stringify(AppKey.parse(key)), SEALED_FOR));
  mkdirSync(dataDir, { recursive: true });
  // Written whole beside its place: a power cut leaves the old keys or the new ones.
  const half = `${file}.${process.pid}`;
  const handle = openSync(half, 'w', 0o600);
  try {
    writeSync(handle, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(half, file);
}

/** Applications that have a key. */
export const appsWithKeys = (dataDir: string): string[] => Object.keys(readFile(appKeysFile(dataDir)));

const readFile = (file: string): Record<string, string> => (existsSync(file) ? File.parse(JSON.parse(readFileSync(file, 'utf8'))) : {});
