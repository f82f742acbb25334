import { expect, it, vi } from 'vitest';
import { createLogger, redactPhones } from './logging.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let out = '';
  write(createLogger('info', { write: (line) => void (out += line) }));
  return out;
}

it.each(['13900000011', '+8613900000011', '8613900000011', '+441632960123'])('never lets %s out, wherever it stands', (number) => {
  const out = logged((logger) => {
    logger.error({ url: `http://x/?PhoneNumbers=${number}&a=1`, phone: number, nested: { phone: number } }, `sent to ${number}`);
    logger.error({ err: new Error(`timeout of ${number}`) }, 'failed');
  });
  expect(out).not.toContain(number);
});

it('leaves device ids, unified codes and times as they are', () => {
  const text = 'device 17165802 point 513221010042 at 1763683200000 seq 20261121';
  expect(redactPhones(text)).toBe(text);
});

it('hides passwords and secrets by name', () => {
  expect(logged((logger) => logger.info({ password: 'hunter2hunter2', user: { token: 'abc' } }, 'x'))).not.toMatch(/hunter2|abc/);
});

it('tells an error without what drivers hang on it', () => {
  const error = Object.assign(new Error('gone'), { code: '57P01', client: { password: 'geheim' } });
  const out = logged((logger) => logger.warn({ err: error }, 'idle'));
  expect(JSON.parse(out)).toMatchObject({ err: { message: 'gone', code: '57P01' } });
  expect(out).not.toContain('geheim');
});

it('never fails who has something to say when the log can’t be written, and goes on when it can', () => {
  const lines: string[] = [];
  let full = true;
  const logger = createLogger('info', {
    write: (line: string) => {
      if (full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      lines.push(line);
    },
  });
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  for (let n = 0; n < 100; n += 1) logger.info('lost');
  full = false;
  clock.mockReturnValue(2_000);
  logger.info('there is room');
  clock.mockRestore();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('there is room');
});
