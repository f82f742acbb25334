import { createCipheriv, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SealedEnvelope } from '#libs/contracts';
import { agrees, AppKey, decipher, sealedAt } from './app-key.js';
import { AppKeys, appsWithKeys, enterAppKey } from './app-keys.js';
import { DataKey } from './crypto.js';

const dataKey = new DataKey('a data key of more than thirty-two characters');
const aes = '2b7e151628aed2a6abf7158809cf4f3c';
const now = Date.UTC(2026, 2, 14, 6);
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'app-keys-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const key = (given: object): AppKey => AppKey.parse({ mode: 'ecb', ...given });
function sealed(plain: string, more: Partial<SealedEnvelope> = {}): SealedEnvelope {
  const cipher = createCipheriv('aes-128-ecb', Buffer.from(aes, 'hex'), null);
  return { appId: '62000001', body: Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64'), ...more };
}
function signed(envelope: SealedEnvelope, signKey: string, form: 'hex' | 'base64' = 'hex'): SealedEnvelope {
  const { appId, timestamp = '', nonce = '', body } = envelope;
  const text = `appId=${appId}&timestamp=${timestamp}&nonce=${nonce}&body=${body}`;
  return { ...envelope, signature: createHmac('sha256', Buffer.from(signKey, 'hex')).update(text).digest(form) };
}

describe('ciphers, against published vectors', () => {
  // NIST SP 800-38A F.1.1 and F.2.1 and the classic DES example, each followed by one block of PKCS#7 padding made with openssl.
  it.each([
    ['AES-128 ECB', { cipher: 'aes', key: aes }, '3ad77bb40d7a3660a89ecaf32466ef97a254be88e037ddd9d79fb6411c3f9df8', '6bc1bee22e409f96e93d7e117393172a'],
    ['AES-128 CBC', { cipher: 'aes', mode: 'cbc', key: aes, iv: '000102030405060708090a0b0c0d0e0f' }, '7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c', '6bc1bee22e409f96e93d7e117393172a'],
    ['DES', { cipher: 'des', key: '133457799bbcdff1' }, '85e813540f0ab405fdf2e174492922f8', '0123456789abcdef'],
    ['3DES with two keys', { cipher: '3des', key: '133457799bbcdff1133457799bbcdff1' }, '85e813540f0ab405fdf2e174492922f8', '0123456789abcdef'],
    ['AES with the vector before the body', { cipher: 'aes', mode: 'cbc', key: aes, iv: 'prefix' }, '000102030405060708090a0b0c0d0e0f7649abac8119b246cee98e9b12e9197d8964e0b149c10b7b682e6e39aaeb731c', '6bc1bee22e409f96e93d7e117393172a'],
  ])('%s', (_, given, body, plain) => expect(hex(decipher(Buffer.from(body, 'hex'), key(given)))).toBe(plain)); // prettier-ignore

  it.each([
    ['a short key', { cipher: 'aes', key: '00' }, /16 or 24 or 32 bytes/],
    ['cbc without vector', { cipher: 'aes', mode: 'cbc', key: aes }, /cbc of aes needs 16/],
    ['ecb with one', { cipher: 'des', key: '133457799bbcdff1', iv: 'prefix' }, /ecb has none/],
    ['no hexadecimal', { cipher: 'des', key: 'secret!!' }, /hexadecimal/],
  ])('refuses %s', (_, given, words) => expect(() => key(given)).toThrow(words));

  it('lets only the key say how a payload is opened', () => {
    expect([undefined, 'AES', 'AES/CBC/PKCS5Padding', 'aes-128-ecb'].map((name) => agrees(name, 'aes'))).toEqual([true, true, true, true]);
    expect(['DESede', '3DES', 'TripleDES'].map((name) => agrees(name, '3des'))).toEqual([true, true, true]);
    expect([agrees('DES', '3des'), agrees('none', 'aes'), agrees('DES', 'des')]).toEqual([false, false, true]);
  });

  it.each([
    ['1773468000000', now],
    ['1773468000', now],
    ['20260314140000', now],
    ['2026-03-14T06:00:00Z', now],
    ['soon', undefined],
    [undefined, undefined],
  ])('reads the time %s', (text, time) => expect(sealedAt(text)).toBe(time));
});

describe('keys of applications', () => {
  it('are kept sealed, for their owner only, and used by a running station', () => {
    const keys = new AppKeys(dir, dataKey);
    expect(keys.open(sealed('hello'), now)).toMatchObject({ refused: 'unknown-app' });
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    const file = join(dir, 'app-keys.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(aes);
    expect(appsWithKeys(dir)).toEqual(['62000001']);
    const opened = keys.open(sealed('hello'), now + 6_000);
    expect('payload' in opened && [Buffer.from(opened.payload).toString(), opened.fresh]).toEqual(['hello', true]);
    enterAppKey(dir, dataKey, '62000001', undefined);
    expect(new AppKeys(dir, dataKey).open(sealed('hello'), now)).toMatchObject({ refused: 'unknown-app' });
  });

  it('let a look inside without counting it as opened: an envelope stays new to who opens it', () => {
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    const keys = new AppKeys(dir, dataKey);
    const envelope = sealed('hello', { timestamp: String(now), nonce: 'n' });
    expect([keys.peek(envelope, now), keys.open(envelope, now), keys.open(envelope, now)]).toMatchObject([
      { fresh: false },
      { fresh: true },
      { fresh: false },
    ]);
    expect(keys.peek(sealed('hello', { appId: 'other' }), now)).toMatchObject({ refused: 'unknown-app' });
  });

  it('that can not be read are told of, and the others hold', () => {
    enterAppKey(dir, new DataKey('another data key, of another station altogether'), 'other', { cipher: 'aes', mode: 'ecb', key: aes });
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    const said: string[] = [];
    expect(new AppKeys(dir, dataKey, (problem) => said.push(problem)).open(sealed('x'), now)).toMatchObject({ fresh: true });
    expect(said).toEqual([expect.stringContaining('the key of application other')]);
    writeFileSync(join(dir, 'app-keys.json'), '{');
    expect(new AppKeys(dir, dataKey, (problem) => said.push(problem)).open(sealed('x'), now)).toMatchObject({ refused: 'unknown-app' });
    expect(said[1]).toContain('not readable');
  });

  it('open nothing that was sealed with another key, and say no more than that', () => {
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    const keys = new AppKeys(dir, dataKey);
    for (const body of ['AAAA', '', sealed('hello').body.slice(4), Buffer.alloc(32).toString('base64')])
      expect(keys.open({ appId: '62000001', body }, now)).toEqual({
        refused: 'sealed-wrong',
        detail: 'application 62000001: the body does not open with its key',
      });
    expect(keys.open(sealed('x', { algorithm: 'DES' }), now)).toMatchObject({ refused: 'sealed-wrong' });
  });

  it('with a signing key refuse what is not signed', () => {
    const signKey = '00112233';
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes, signKey });
    const keys = new AppKeys(dir, dataKey);
    const envelope = sealed('x', { timestamp: String(now), nonce: 'n1' });
    expect(keys.open(envelope, now)).toMatchObject({ refused: 'sealed-wrong' });
    expect(keys.open(signed(envelope, 'ff'), now)).toMatchObject({ refused: 'sealed-wrong' });
    expect(keys.open({ ...signed(envelope, signKey), timestamp: String(now + 1) }, now)).toMatchObject({ refused: 'sealed-wrong' });
    expect(keys.open(signed(envelope, signKey), now)).toMatchObject({ fresh: true });
    expect(keys.open(signed(sealed('x'), signKey, 'base64'), now)).toMatchObject({ fresh: true });
  });

  it.each([
    ['sealed now', { timestamp: String(now) }, true],
    ['ten minutes ago', { timestamp: String(now - 600_000) }, true],
    ['longer ago', { timestamp: String(now - 600_001) }, false],
    ['in the future', { timestamp: String(now + 600_001) }, false],
    ['at no time', { timestamp: 'soon' }, false],
    ['without time', {}, true],
  ])('an envelope sealed %s', (_, more, fresh) => {
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    expect(new AppKeys(dir, dataKey).open(sealed('x', more), now)).toMatchObject({ fresh });
  });

  it('know a nonce again within the window', () => {
    enterAppKey(dir, dataKey, '62000001', { cipher: 'aes', mode: 'ecb', key: aes });
    const keys = new AppKeys(dir, dataKey);
    const fresh = (nonce: string, at: number) =>
      'payload' in keys.open(sealed('x', { nonce }), at) && keys.open(sealed('y', { nonce: `${nonce}-` }), at);
    expect([
      fresh('a', now),
      keys.open(sealed('x', { nonce: 'a' }), now + 1),
      keys.open(sealed('x', { nonce: 'a' }), now + 700_000),
    ]).toMatchObject([{ fresh: true }, { fresh: false }, { fresh: true }]);
  });
});
