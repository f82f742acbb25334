import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { hazardKinds, toIso, warningLevels, type DangerZone, type PublicMessage } from '#libs/contracts';
import { capFeed, capMessages, capXml } from './index.js';
import { atomFaults, profileFaults } from './fakes/profile.js';

const schema = (name: string): string => readFileSync(new URL(`../schema/${name}`, import.meta.url), 'utf8');
const [plain, extended] = [schema('cap12.xsd'), schema('cap12_extended.xsd')];

const sender = { countyName: '望山县自然资源局', divisionCode: '513221' };
const web = 'https://wangshan.example/warnings/w1';
const base = Date.parse('2026-07-01T15:20:30.789+08:00');
const minute = 60_000;
const ring: DangerZone = [
  [103.4, 31.2],
  [103.41, 31.2],
  [103.41, 31.21],
  [103.4, 31.2],
];
const warning = { id: 'w-7f3a', hazardPoint: '513221010001', divisionCode: '513221', exercise: false };

function said(version: number, kind: PublicMessage['kind'], level: PublicMessage['level'], place: Partial<PublicMessage['place']> = {}) {
  const at = base + version * minute;
  return {
    at: toIso(at),
    message: {
      version,
      kind,
      level,
      expiresAt: toIso(at + 24 * 60 * minute),
      place: { name: '石碑村3组<滑坡>&', kind: 'landslide' as const, longitude: 103.4, latitude: 31.2, dangerZone: ring, ...place },
    },
  };
}
const life = [said(1, 'warning', 'orange'), said(2, 'warning', 'red'), said(3, 'adjust', 'yellow'), said(4, 'all-clear', 'yellow')];

const check = (xmls: readonly string[], xsd: string) =>
  validateXML({ xml: xmls.map((contents, at) => ({ fileName: `cap${at}.xml`, contents })), schema: xsd });

describe('CAP messages of a warning', () => {
  it('are an alert and its updates, each naming all before it that still stand', () => {
    const messages = capMessages(warning, life, sender);
    expect(messages.map(({ type }) => type)).toEqual(['Alert', 'Update', 'Update', 'Update']);
    expect(messages.map(({ references }) => references.map(({ identifier }) => identifier))).toEqual([
      [],
      ['w-7f3a.1'],
      ['w-7f3a.1', 'w-7f3a.2'],
      ['w-7f3a.1', 'w-7f3a.2', 'w-7f3a.3'],
    ]);
    expect(messages.at(-1)?.infos.map(({ responseTypes }) => responseTypes)).toEqual([['AllClear'], ['AllClear']]);
  });

  it('no longer name what has expired', () => {
    const late = { ...said(2, 'adjust', 'yellow'), at: toIso(base + 25 * 60 * minute) };
    expect(capMessages(warning, [said(1, 'warning', 'red'), late], sender)[1]?.references).toEqual([]);
  });

  it('are none for what stayed inside', () => {
    expect(capMessages(warning, [{ at: toIso(base) }, said(1, 'inspect', 'red')], sender)).toEqual([]);
  });

  it('say the same whenever they are asked for, and earlier ones do not change with later ones', () => {
    const whole = capMessages(warning, life, sender);
    for (let told = 1; told <= life.length; told += 1)
      expect(capMessages(warning, life.slice(0, told), sender)).toEqual(whole.slice(0, told));
  });

  it('are marked as an exercise in every text people read', () => {
    for (const message of capMessages({ ...warning, exercise: true }, life, sender)) {
      expect(message).toMatchObject({ status: 'Exercise', note: expect.stringContaining('演练') as string });
      for (const { headline, description, instruction, language } of message.infos)
        for (const text of [headline, description, instruction])
          expect(text.startsWith(language === 'zh-CN' ? '演练：' : 'EXERCISE: ')).toBe(true);
    }
  });

  it('have Beijing time without fractions, and latitude before longitude', () => {
    const xml = capXml(capMessages(warning, life, sender)[0]!, web);
    expect(xml).toContain('<sent>2026-07-01T15:21:30+08:00</sent>');
    expect(xml).toContain('<polygon>31.2,103.4 31.2,103.41 31.21,103.41 31.2,103.4</polygon>');
    expect(xml).toContain('石碑村3组&lt;滑坡&gt;&amp;');
  });
});

describe('CAP 1.2', () => {
  it('is valid by both schemas and by the rules of the profiles, for each level, kind, change and shape', async () => {
    const xmls = hazardKinds.flatMap((kind) =>
      warningLevels.flatMap((level) => {
        const place = level === 'yellow' ? { kind, dangerZone: undefined } : { kind };
        const last = level === 'red' ? 'cancel' : 'all-clear';
        const told = [said(1, 'warning', level, place), said(2, 'adjust', 'blue', place), said(3, last, 'blue', place)];
        return capMessages({ ...warning, exercise: level === 'blue' }, told, sender).map((message) => capXml(message, web));
      }),
    );
    expect(xmls).toHaveLength(hazardKinds.length * warningLevels.length * 3);
    for (const xml of xmls) expect(profileFaults(xml)).toEqual([]);
    expect(await check(xmls, plain)).toMatchObject({ valid: true });
    expect(await check(xmls, extended)).toMatchObject({ valid: true });
  });

  it('is checked by something that finds faults', async () => {
    const xml = capXml(capMessages(warning, life, sender)[1]!, web);
    const spoilt: [string, string, string][] = [
      ['UTC written as Z', '+08:00</sent>', 'Z</sent>'],
      ['an unknown urgency', '<urgency>Immediate', '<urgency>Soon'],
      ['elements out of order', /<status>.*<\/status>/.exec(xml)?.[0] ?? '', ''],
    ];
    for (const [name, from, to] of spoilt) expect((await check([xml.replace(from, to)], plain)).valid, name).toBe(false);
    const against: [string, RegExp, string][] = [
      ['an update without references', /<references>.*<\/references>\s*/, ''],
      ['no web', /<web>.*<\/web>/g, ''],
      ['expired when sent', /<expires>2026/g, '<expires>2025'],
      ['an open polygon', / 31\.2,103\.4</g, '<'],
      ['html', /<headline>/, '<headline>&lt;b&gt;'],
      ['other events in other languages', /<eventCode>[\s\S]*?<\/eventCode>/, ''],
    ];
    for (const [name, from, to] of against) expect(profileFaults(xml.replace(from, to)), name).not.toEqual([]);
  });
});

describe('the feed', () => {
  const about = { ...sender, self: 'https://wangshan.example/api/v1/cap/feed.atom', linkOf: () => web, bornAt: base };

  it('is Atom, newest message first', () => {
    const xml = capFeed(capMessages(warning, life, sender), about);
    expect([...xml.matchAll(/:cap:([\w.-]+)<\/id>/g)].map(([, id]) => id)).toEqual(['w-7f3a.4', 'w-7f3a.3', 'w-7f3a.2', 'w-7f3a.1']);
    expect(atomFaults(xml)).toEqual([]);
    expect(atomFaults(xml.replace(/<updated>.*<\/updated>/, ''))).not.toEqual([]);
  });

  it('is Atom before anything was published, and no newer at the next question', () => {
    expect(atomFaults(capFeed([], about))).toEqual([]);
    expect(capFeed([], about)).toBe(capFeed([], about));
  });
});
