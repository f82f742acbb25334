import { Settings, hazardKinds, warningLevels, type MessageKind, type RecipientRole } from '#libs/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DRILL_MARK, fill, messageTemplates, redTemplates, templateOf, variablesOf } from './catalogue.js';
import { ONE_PART, RED_CEILING, smsLength } from './length.js';
import { renderReminder, type ReminderFacts } from './reminder.js';
import { renderMessage, renderPlain, spokenText, type MessageFacts, type RenderedMessage } from './template.js';
import { VARIABLE_CAP, cleanVariable, placeOf } from './variables.js';
import { SHELTER_ON_CARD } from './words.js';

const facts: MessageFacts = {
  kind: 'warning',
  role: 'household',
  level: 'red',
  exercise: false,
  pointName: '石碑村3组滑坡',
  hazardKind: 'landslide',
  route: '2号路线',
  shelter: '村小学',
  people: 42,
  at: Date.parse('2026-07-01T07:20:00Z'),
  sign: '望山县自然资源局',
};
const longestSign = '望'.repeat(Settings.shape.smsSign.unwrap().maxLength ?? 0);

describe('renderMessage', () => {
  it('says the red text of the card, in one part', () => {
    expect(renderMessage(facts)).toMatchObject({
      text: '地灾红色预警：石碑村3组滑坡加速。立即沿2号路线撤到村小学，勿返回取物。15:20发布。收到回1，求助回2',
      params: { where: '石碑村3组滑坡加速', route: '2号路线', shelter: '村小学', time: '15:20' },
      chars: 63,
      parts: 1,
      shortened: [],
    });
  });

  it('asks staff for eyes at blue and yellow, for the plan at orange and red', () => {
    const said = (level: 'blue' | 'yellow' | 'orange' | 'red') => renderMessage({ ...facts, role: 'monitor', level }).text;
    expect([said('blue'), said('yellow')].every((text) => text.includes('请加密巡查，保持通信'))).toBe(true);
    expect([said('orange'), said('red')].every((text) => text.includes('请到岗按预案处置'))).toBe(true);
  });

  it('drops the impact first, then the route, then names the shelter by the card, and never the place', () => {
    const shelterOf = (length: number) => renderMessage({ ...facts, shelter: '村'.repeat(length) });
    expect(shelterOf(8).shortened).toEqual(['impact']);
    expect(shelterOf(12).shortened).toEqual(['impact', 'route']);
    expect(shelterOf(18)).toMatchObject({ shortened: ['impact', 'route', 'shelter-on-card'], params: { shelter: SHELTER_ON_CARD } });
    for (const length of [1, 8, 12, 18, 60]) expect(shelterOf(length).text).toContain('石碑村3组');
    for (const length of [1, 8, 12, 18, 60]) expect(shelterOf(length).text).toMatch(/立即.*撤到.+，勿返回取物/);
  });

  it('keeps the nearest part of a long place', () => {
    const long = renderMessage({ ...facts, pointName: '四川省阿坝藏族羌族自治州茂县叠溪镇新磨村二组滑坡', sign: longestSign });
    expect(long.shortened).toContain('place');
    expect(long.params.where).toBe('茂县叠溪镇新磨村二组');
  });

  it('has its own drill template for every text', () => {
    const drill = renderMessage({ ...facts, exercise: true });
    expect(drill.text).toBe(DRILL_MARK + renderMessage(facts).text);
    expect(drill.code).not.toBe(renderMessage(facts).code);
  });

  it('uses the code the vendor assigned', () => {
    expect(renderMessage({ ...facts, codes: { 'household:red': 'SMS_12345678' } }).code).toBe('SMS_12345678');
  });

  it('sends no forbidden character, number or address in a variable', () => {
    const { params } = renderMessage({ ...facts, route: '2号路【急】13812345678', shelter: 'http://x.cn/学校' });
    expect(params.route).toBe('2号路急');
    expect(params.shelter).toBe('httpxcn学校');
  });

  it.each(['cancel', 'all-clear', 'expired', 'adjust'] as const)('%s names the first message by its time', (kind) => {
    const at = Date.parse('2026-07-01T10:00:00Z');
    const first = { at: facts.at, level: 'orange' } as const;
    const level = kind === 'adjust' ? 'yellow' : 'red';
    for (const role of ['household', 'monitor'] as const) {
      expect(renderMessage({ ...facts, kind, role, level, at, first }).text).toContain('15:20首发');
      expect(renderMessage({ ...facts, kind, role, level, at: at + 20 * 3_600_000, first }).text).toContain('1日15:20首发');
      expect(renderMessage({ ...facts, kind, role, level, at }).text).toContain('此前首发');
    }
    expect(renderMessage({ ...facts, kind: 'adjust', level: 'yellow', at, first }).text).toContain('原15:20首发橙色');
  });

  it('an all-clear says the whole advice where there is room, and its core at red', () => {
    const clear = { ...facts, kind: 'all-clear', first: { at: facts.at, level: 'yellow' } } as const;
    expect(renderMessage({ ...clear, level: 'yellow' }).text).toContain('经核查可返家，雨后勿靠近危险坡，见新裂缝即报监测员');
    expect(renderMessage(clear)).toMatchObject({ parts: 1, shortened: ['advice'] });
    expect(renderMessage(clear).text).toBe('预警解除：石碑村3组于15:20首发的红色预警15:20解除，可返家，勿近险坡，见裂缝即报');
  });

  it('asks who orders people out to do so, and tells those above', () => {
    const said = (level: 'red' | 'orange' | 'yellow', part: 'orders' | 'informed') =>
      renderMessage({ ...facts, role: 'responsible', level, part }).text;
    expect(said('red', 'orders')).toContain('请立即下达撤离命令，逐户转移');
    expect(said('orange', 'orders')).toContain('请研判下达撤离命令');
    expect(said('yellow', 'orders')).toContain('请加密巡查');
    expect(said('red', 'informed')).toContain('请知悉并按职责督导处置');
  });

  it('never asks a household to inspect', () => {
    expect(() => renderMessage({ ...facts, kind: 'inspect' })).toThrow(/inspection/);
  });

  const anyName = fc.oneof(
    fc.string({ unit: fc.constantFrom(...Array.from('石碑村组镇县省市区12345 滑坡A-·𠮷')), minLength: 1, maxLength: 60 }),
    fc.string({ maxLength: 60 }),
  );
  const anyFacts = fc.record({
    message: fc.oneof(
      fc.record({
        role: fc.constant<RecipientRole>('household'),
        kind: fc.constantFrom<MessageKind>('warning', 'adjust', 'cancel', 'all-clear', 'expired'),
      }),
      fc.record({
        role: fc.constantFrom<RecipientRole>('monitor', 'responsible', 'duty'),
        kind: fc.constantFrom<MessageKind>('inspect', 'warning', 'adjust', 'cancel', 'all-clear', 'expired'),
      }),
    ),
    level: fc.constantFrom(...warningLevels),
    exercise: fc.boolean(),
    pointName: anyName,
    hazardKind: fc.constantFrom(...hazardKinds),
    route: anyName,
    shelter: anyName,
    people: fc.nat(2_000_000),
    first: fc.option(fc.record({ at: fc.integer({ min: 0, max: 4e12 }), level: fc.constantFrom(...warningLevels) }), { nil: undefined }),
    part: fc.constantFrom<MessageFacts['part']>('orders', 'informed', undefined),
    at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.getTime()),
    sign: fc.constantFrom('望山', '望山县自然资源局', longestSign),
  });

  it('whatever is on the card: the text is what the vendor fills in, red fits one part, every variable is allowed', () => {
    fc.assert(
      fc.property(anyFacts, ({ message, ...rest }) => {
        const given: MessageFacts = { ...message, ...rest };
        for (const out of [renderMessage(given), renderPlain(given)]) checked(given, out);
      }),
      { numRuns: 2_000 },
    );
  }, 60_000);

  function checked(given: MessageFacts, out: RenderedMessage): void {
    const template = messageTemplates.find((one) => one.id === out.id);
    expect(fill(template?.text ?? '', out.params)).toBe(out.text);
    expect({ chars: out.chars, parts: out.parts }).toEqual(smsLength(given.sign, out.text));
    for (const value of Object.values(out.params)) {
      expect(value.length).toBeGreaterThan(0);
      expect(value.length).toBeLessThanOrEqual(VARIABLE_CAP);
      expect(value).not.toMatch(/[【】]|\d{7,}/);
    }
    expect(out.text.startsWith(DRILL_MARK)).toBe(given.exercise);
    if (given.level === 'red') expect(out.chars).toBeLessThanOrEqual(given.exercise ? ONE_PART : RED_CEILING);
    if (given.level === 'red') expect(out.parts).toBe(1);
    // The action never gives way.
    if (given.level === 'red' && given.role === 'household' && (given.kind === 'warning' || given.kind === 'adjust'))
      expect(out.text).toMatch(/立即.*撤到.*，勿返回取物/);
  }

  it('is read out with the keys to press in place of what to write back', () => {
    const { text } = renderMessage(facts);
    expect(text).toMatch(/收到回1，求助回2$/);
    expect(spokenText(text)).toMatch(/发布。按1确认收到，按2需要帮助$/);
    expect(spokenText(renderMessage({ ...facts, level: 'yellow' }).text)).toMatch(/发布。按1确认收到，按2需要帮助$/);
  });

  it('in its plain form holds nothing of a card', () => {
    const { text } = renderPlain({ ...facts, pointName: '某某村', route: '某路', shelter: '某校' });
    expect(text).not.toMatch(/某/);
  });
});

describe('catalogue', () => {
  it('keeps the vendor’s rules', () => {
    const codes = new Set<string>();
    for (const { id, text, code } of messageTemplates) {
      expect(text, id).not.toMatch(/[【】「」『』〖〗[\]①★※→]|\}\$\{/);
      expect(text.length, id).toBeLessThanOrEqual(500);
      codes.add(code);
    }
    expect(codes.size).toBe(messageTemplates.length);
  });

  it('leaves at least nine characters of place in every red template under the longest sign', () => {
    expect(longestSign.length).toBe(12);
    for (const name of redTemplates)
      for (const exercise of [false, true]) {
        // The longest the renderer may put there; a route or a longer shelter makes it take the next template.
        const longest: Record<string, string> = {
          where: '',
          route: '',
          shelter: SHELTER_ON_CARD,
          level: '红色',
          people: '99999',
          time: '15:20',
          first: '31日15:20',
          was: '红色',
          by: '31日15:20',
        };
        const template = templateOf(name, exercise);
        const body = template.text.replace(/\$\{([a-z]+)\}/g, (_, variable: string) => longest[variable] ?? '');
        const room = (exercise ? ONE_PART : RED_CEILING) - smsLength(longestSign, body).chars;
        expect(room, template.id).toBeGreaterThanOrEqual(variablesOf(template.text).includes('where') ? 9 : 0);
        expect(variablesOf(template.text)).toContain('time');
      }
  });

  it('has no room to name the first message in a red one: of the place three characters would be left, or none', () => {
    const said = templateOf('household:red:no-route', false).text.replace('${shelter}', SHELTER_ON_CARD).replace('${time}', '15:20');
    const room = (text: string) => RED_CEILING - smsLength(longestSign, text.replace('${where}', '')).chars;
    expect(['', '（原15:20）', '（原31日15:20）'].map((first) => room(said.replace('：', `${first}：`)))).toEqual([11, 3, 0]);
  });
});

describe('variables', () => {
  it.each([
    ['石碑村3组滑坡', '石碑村3组'],
    ['石碑村３组滑坡隐患点', '石碑村3组'],
    ['滑坡', '滑坡'],
    ['Shibei Village', 'Shibei Village'],
  ])('place of %s is %s', (name, place) => expect(placeOf(name)).toBe(place));

  it('takes spaces out between Han and keeps them between words', () => {
    expect(cleanVariable(' 村 小学  North  gate ')).toBe('村小学North gate');
  });
});

const reminder: ReminderFacts = {
  what: 'ratify',
  overdue: false,
  level: 'red',
  exercise: false,
  pointName: '石碑村3组滑坡',
  by: Date.parse('2026-07-01T07:50:00Z'),
  at: Date.parse('2026-07-01T07:20:00Z'),
  sign: '望山县自然资源局',
};

describe('renderReminder', () => {
  it('says what waits, until when, and that nobody has been told', () => {
    expect(renderReminder(reminder).text).toBe('地灾红色预警已按预案发布：石碑村3组。请于15:50前补签或撤销。15:20发布');
    expect(renderReminder({ ...reminder, what: 'decide' }).text).toBe(
      '地灾红色预警待发布：石碑村3组已确认，住户未通知。请于15:50前研判处置。15:20发布',
    );
    expect(renderReminder({ ...reminder, overdue: true }).text).toContain('逾期未补签：石碑村3组');
    expect(renderReminder({ ...reminder, exercise: true }).text).toMatch(/^演练：地灾红色/);
  });

  it('fits one part under the longest sign, over midnight, whatever the point is called', () => {
    const sign = '望'.repeat(Settings.shape.smsSign.unwrap().maxLength ?? 0);
    for (const what of ['ratify', 'decide'] as const)
      for (const overdue of [false, true])
        for (const exercise of [false, true]) {
          const by = Date.parse('2026-07-31T16:10:00Z');
          const { text, parts } = renderReminder({
            ...reminder,
            what,
            overdue,
            exercise,
            sign,
            by,
            at: by - 1_800_000,
            pointName: '四川省阿坝藏族羌族自治州茂县叠溪镇新磨村二组滑坡',
          });
          expect(smsLength(sign, text).chars).toBeLessThanOrEqual(exercise ? ONE_PART : RED_CEILING);
          expect(parts).toBe(1);
          expect(text).toContain('新磨村二组');
        }
  });
});
