import { expect, it } from 'vitest';
import { gb2312 } from './gb2312.js';

it('writes what the standard has, byte for byte', () => expect(Buffer.from(gb2312('红色A') ?? []).toString('hex')).toBe('baecc9ab41'));

it.each(['朱镕基', '€', '𠮷', '\n', 'ß'])('knows that %j is not in it', (text) => expect(gb2312(text)).toBeUndefined());
