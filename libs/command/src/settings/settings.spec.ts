import { beforeEach, expect, it } from 'vitest';
import { Problem, Settings, SettingsPatch, toIso } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint, updatePoint } from '../registry/points.js';
import { changeSettings, readSettings, SettingsKeeper } from './settings.js';

let context: FakeContext;
beforeEach(() => {
  context = fakeContext();
});
const admin = () => viewOf(context, fakeUser('boss', ['admin']));

it('starts from the defaults of the code and keeps every change as a version', async () => {
  expect((await readSettings(context, admin())).version).toBe(0);
  const told: number[] = [];
  context.bus.listen('test', 'settings.changed', ({ version }) => void told.push(version));
  await changeSettings(context, admin(), SettingsPatch.parse({ validityHours: 12 }));
  const second = await changeSettings(context, admin(), SettingsPatch.parse({ release: { red: 'immediate' } }));
  expect(second).toMatchObject({
    version: 2,
    updatedBy: 'boss',
    settings: { validityHours: 12, release: { red: 'immediate', blue: 'manual' } },
  });
  expect(told).toEqual([1, 2]);
  const restarted = new SettingsKeeper(context.store.settings, context.bus);
  await restarted.load();
  expect(restarted.current()).toMatchObject(second.settings);
});

it('how long history is kept changes class by class, is in the log, and is for ever or at least a month', async () => {
  const changed = await changeSettings(context, admin(), SettingsPatch.parse({ retention: { readings: 400 } }));
  expect(changed.settings.retention).toMatchObject({ readings: 400, quarantine: 365, days: 0 });
  expect(JSON.stringify(context.store.auditRows)).toContain('"retention":{"readings":400}');
  for (const retention of [{ readings: 29 }, { readings: -1 }, { audit: 30 }])
    expect(SettingsPatch.safeParse({ retention }).success).toBe(false);
  expect(SettingsPatch.safeParse({ retention: { readings: 0 } }).success).toBe(true);
});

it('keeps the roster out of the log and masks it for those who do not call', async () => {
  await changeSettings(context, admin(), { dutyRoster: [{ name: '李建国', phone: '13900000022' }] });
  expect(JSON.stringify(context.store.auditRows)).not.toMatch(/李建国|13900000022/);
  const shown = await readSettings(context, viewOf(context, fakeUser('x', ['expert'])));
  expect(shown.settings.dutyRoster).toEqual([{ name: '李**', phone: '139****0022' }]);
  expect((await readSettings(context, admin())).settings.dutyRoster[0]?.phone).toBe('13900000022');
});

it('marks a number of the roster that is out of service, and is read without the mark while nobody can say', async () => {
  const roster = [
    { name: '李建国', phone: '13900000022' },
    { name: '王明', phone: '13900000023' },
  ];
  await changeSettings(context, admin(), { dutyRoster: roster });
  const since = context.clock.now() - 1000;
  context.store.numbers.dead.push({ phone: '13900000023', since, provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' });
  const outOfService = { since: toIso(since), provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' };
  expect((await readSettings(context, admin())).settings.dutyRoster).toEqual([roster[0], { ...roster[1], outOfService }]);
  const viewer = viewOf(context, fakeUser('x', ['expert']));
  expect((await readSettings(context, viewer)).settings.dutyRoster[1]).toEqual({ name: '王*', phone: '139****0023', outOfService });
  context.store.numbers.deadAmong = () => Promise.reject(new Error('away'));
  expect((await readSettings(context, admin())).settings.dutyRoster).toEqual(roster);
});

it('lets blue be published only once the county has said so in as many words, for itself, its divisions and its points', async () => {
  const change = (patch: unknown) => changeSettings(context, admin(), SettingsPatch.parse(patch));
  for (const patch of [{ release: { blue: 'immediate' } }, { alert: { divisions: { 513221: { release: { blue: 'auto-after:60' } } } } }])
    await expect(change(patch)).rejects.toMatchObject({ code: 'invalid-request' });
  const point = (release: object, code = '513221010009') => createPoint(context, admin(), { ...pointInput(code, '513221'), release });
  await expect(point({ blue: 'immediate' })).rejects.toMatchObject({ code: 'invalid-request' });
  const { unifiedCode } = await point({});
  await expect(updatePoint(context, admin(), unifiedCode, { release: { blue: 'immediate' } })).rejects.toMatchObject({
    code: 'invalid-request',
  });
  await change({ alert: { bluePublic: true } });
  expect((await updatePoint(context, admin(), unifiedCode, { release: { blue: 'immediate' } })).release.blue).toBe('immediate');
  expect((await change({ release: { blue: 'immediate' } })).settings.alert).toMatchObject({
    bluePublic: true,
    signOff: 'one',
    ratifyMinutes: 30,
  });
});

it('gives new points of a division its own policies, the longest code first, and what a point names stays its own', async () => {
  await changeSettings(
    context,
    admin(),
    SettingsPatch.parse({
      release: { orange: 'auto-after:600' },
      alert: { divisions: { 5132: { release: { red: 'auto-after:300' } }, 513221: { release: { red: 'immediate' } } } },
    }),
  );
  const made = async (code: string, division: string, release = {}) =>
    (await createPoint(context, admin(), { ...pointInput(code, division), release })).release;
  expect(await made('513221010011', '513221')).toMatchObject({ red: 'immediate', orange: 'auto-after:600', yellow: 'manual' });
  expect(await made('513222010011', '513222')).toMatchObject({ red: 'auto-after:300' });
  expect(await made('513221010012', '513221', { red: 'manual' })).toMatchObject({ red: 'manual' });
});

it('refuses an empty change, an unknown setting and the settings of another county', async () => {
  await expect(changeSettings(context, admin(), {})).rejects.toBeInstanceOf(Problem);
  expect(SettingsPatch.safeParse({ smssign: '望山' }).success).toBe(false);
  const elsewhere = viewOf(context, fakeUser('other', ['admin'], '110000'));
  await expect(changeSettings(context, elsewhere, { validityHours: 1 })).rejects.toMatchObject({ code: 'out-of-scope' });
});

it('lets a county change every setting there is, its vendor’s template codes too', async () => {
  expect(Object.keys(SettingsPatch.shape).toSorted()).toEqual(Object.keys(Settings.omit({ formerChannels: true }).shape).toSorted());
  const codes = { 'household:red': 'SMS_123456789' };
  const changed = await changeSettings(context, admin(), SettingsPatch.parse({ smsTemplateCodes: codes }));
  expect(changed.settings.smsTemplateCodes).toEqual(codes);
  expect(SettingsPatch.safeParse({ smsTemplateCodes: { 'household:red': '123' } }).success).toBe(false);
});
