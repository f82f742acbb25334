import { beforeEach, describe, expect, it } from 'vitest';
import type { FileAnswer, TimelineEntry } from '#libs/contracts';
import { capFeedOf, warningCap } from './cap.js';
import { fakeContext, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';

const origin = 'https://wangshan.example:3443';
let context: FakeContext;
let id: string;

const entry = (version: number, kind: 'warning' | 'all-clear'): TimelineEntry & { warningId: string } => ({
  id: `t${version}`,
  warningId: id,
  at: new Date(context.clock.now() + version * 60_000).toISOString(),
  eventAt: new Date(context.clock.now()).toISOString(),
  kind: 'release',
  level: 'red',
  state: 'confirmed',
  scope: 'public',
  actor: 'station',
  reasons: [],
  evidence: [],
  message: {
    version,
    kind,
    level: 'red',
    expiresAt: new Date(context.clock.now() + 86_400_000).toISOString(),
    place: { name: '青山村滑坡', kind: 'landslide', longitude: 103.4, latitude: 31.2 },
  },
});
const text = async ({ body }: FileAnswer): Promise<string> => {
  let all = '';
  for await (const chunk of body) all += Buffer.from(chunk).toString();
  return all;
};

beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  const [warning] = context.store.warningRows;
  if (!warning) throw new Error('no warning in the county');
  ({ id } = warning);
  warning.updatedAt = new Date(context.clock.now()).toISOString();
});

function publish(...entries: (TimelineEntry & { warningId: string })[]): void {
  const [warning] = context.store.warningRows;
  if (warning) warning.releases.public.version = entries.length;
  context.store.timelineRows.push(...entries);
}

describe('a warning as CAP', () => {
  it('is not there before anything was published, whatever was told inside', async () => {
    await expect(warningCap(context, id, undefined, origin)).rejects.toMatchObject({ code: 'not-found' });
    await expect(warningCap(context, 'W-unknown', undefined, origin)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is the newest message, or the one of a version', async () => {
    publish(entry(1, 'warning'), entry(2, 'all-clear'));
    const newest = await warningCap(context, id, undefined, origin);
    expect(newest).toMatchObject({ type: 'application/cap+xml' });
    expect(await text(newest)).toContain('<responseType>AllClear</responseType>');
    const first = await text(await warningCap(context, id, 1, origin));
    expect(first).toContain('<msgType>Alert</msgType>');
    expect(first).toContain(`<web>${origin}/warnings/${id}</web>`);
    await expect(warningCap(context, id, 3, origin)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the feed', () => {
  it('leads to each message, and keeps its tag as long as nothing new was published', async () => {
    publish(entry(1, 'warning'));
    const before = await capFeedOf(context, origin);
    expect(await text(before)).toContain(`href="${origin}/api/v1/warnings/${id}/cap.xml?version=1"`);
    expect((await capFeedOf(context, origin)).tag).toBe(before.tag);
    publish(entry(2, 'all-clear'));
    context.clock.time += 2000;
    expect((await capFeedOf(context, origin)).tag).not.toBe(before.tag);
  });

  it('asks the store once a second, however many ask', async () => {
    let asked = 0;
    const { published } = context.store.warnings;
    context.store.warnings.published = (since, limit) => ((asked += 1), published(since, limit));
    await Promise.all([capFeedOf(context, origin), capFeedOf(context, origin)]);
    expect(asked).toBe(1);
  });

  it('asks again after a failure', async () => {
    const { published } = context.store.warnings;
    context.store.warnings.published = () => Promise.reject(new Error('away'));
    await expect(capFeedOf(context, origin)).rejects.toThrow('away');
    context.store.warnings.published = published;
    await expect(capFeedOf(context, origin)).resolves.toBeDefined();
  });
});
