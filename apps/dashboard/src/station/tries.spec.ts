import { describe, expect, it } from 'vitest';
import { ApiError } from './api.js';
import { tries } from './tries.js';

describe('keys of tries', () => {
  const begin = (): ReturnType<typeof tries> => {
    let made = 0;
    return tries(() => `key ${(made += 1)}`);
  };
  const publish = { action: 'publish', body: { scope: 'public' } };

  it('are one for a try that got no answer, or one nobody could read, and its repetition', () => {
    const keys = begin();
    expect(keys.keyFor(publish)).toBe('key 1');
    keys.ended(new ApiError(0, 'unreachable', ''));
    expect(keys.keyFor({ ...publish })).toBe('key 1');
    keys.ended(new ApiError(200, 'unexpected-answer', ''));
    expect(keys.keyFor(publish)).toBe('key 1');
    keys.ended(new ApiError(503, 'not-ready', ''));
    expect(keys.keyFor(publish)).toBe('key 1');
  });

  it('are another for another request, for one that was refused, and after one was carried out', () => {
    const keys = begin();
    expect(keys.keyFor(publish)).toBe('key 1');
    keys.ended(new ApiError(0, 'unreachable', ''));
    expect(keys.keyFor({ ...publish, body: { scope: 'internal' } })).toBe('key 2');
    keys.ended(new ApiError(409, 'illegal-transition', ''));
    expect(keys.keyFor({ ...publish, body: { scope: 'internal' } })).toBe('key 3');
    keys.ended();
    expect(keys.keyFor({ ...publish, body: { scope: 'internal' } })).toBe('key 4');
  });
});
