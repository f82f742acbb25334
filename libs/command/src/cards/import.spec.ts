import iconv from 'iconv-lite';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { fakeXlsx } from '../fakes/fake-xlsx.js';
import { furnish } from '../fakes/fake-county.js';
import type { ScopedView } from '../identity/scope.js';
import { importCards } from './import.js';
import { membersText, readMembers } from './members.js';

let context: FakeContext;
let keeper: ScopedView;
const point = '513221010001';

beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  keeper = viewOf(context, fakeUser('keeper', ['card-keeper']));
});

const headings = '户主姓名,户主电话,家庭住址,家庭人数,撤离路线,安置地点,家庭成员,监测人,监测人电话,发放日期';
const good =
  '赵大勇,139 0000 0031,望山镇青山村一组3号,3人,沿村道向东,村小学,赵大勇/男/51；李桂花/女/49/13900000032,王秀英,13900000022,2026年5月1日';
const take = (text: string | Buffer, more: { apply?: boolean; fileName?: string; kind?: 'work' | 'household' } = {}) =>
  importCards(context, keeper, {
    kind: 'household',
    hazardPoint: point,
    fileName: 'cards.csv',
    content: Buffer.from(text).toString('base64'),
    apply: false,
    ...more,
  });

describe('an import of cards', () => {
  it('tries first, then writes, and the same file again changes nothing', async () => {
    const file = `${headings}\n${good}\n`;
    expect(await take(file)).toMatchObject({ applied: false, rows: 1, created: 1, faults: [] });
    expect(context.store.householdCardRows).toHaveLength(1);
    expect(await take(file, { apply: true })).toMatchObject({ applied: true, created: 1 });
    expect(context.store.householdCardRows.at(-1)).toMatchObject({
      householder: '赵大勇',
      phone: '13900000031',
      memberCount: 3,
      members: [
        { name: '赵大勇', sex: 'male', age: 51 },
        { name: '李桂花', sex: 'female', age: 49, phone: '13900000032' },
      ],
      monitor: { name: '王秀英', phone: '13900000022' },
      issue: { version: 1, on: '2026-05-01', by: 'keeper' },
      number: `${point}-H002`,
    });
    expect(await take(file, { apply: true })).toMatchObject({ created: 0, changed: 0, unchanged: 1 });
    expect(await take(file.replace('村小学', '镇中学'), { apply: true })).toMatchObject({ changed: 1 });
    expect(context.store.householdCardRows.at(-1)).toMatchObject({ shelter: '镇中学', stale: ['shelter'] });
  });

  it('reports each fault with its row and column, and takes the other rows', async () => {
    const rows = [
      good,
      ',13900000041,某村,2,向东,村小学,,,,',
      '孙立,不知道,某村,很多,向东,村小学,,,,',
      `周明,13900000042,${'长'.repeat(201)},2,向东,村小学,,,,2026-13-40`,
      good,
      '吴刚,13900000043,某村,2,向东,村小学,吴刚/不明,,,',
    ];
    const report = await take(`${headings}\n${rows.join('\n')}\n`, { apply: true });
    expect(report).toMatchObject({ rows: 6, created: 1 });
    expect(report.faults.map(({ row, column }) => [row, column])).toEqual([
      [3, '户主姓名'],
      [4, '户主电话'],
      [4, '家庭人数'],
      [5, '家庭住址'],
      [5, '发放日期'],
      [6, ''],
      [7, '家庭成员'],
    ]);
    expect(report.faults[0]?.message).toBe('必填 · required');
    expect(report.faults[1]?.message).toContain('电话');
    expect(JSON.stringify(report)).not.toContain('不知道');
  });

  it('reads what a spreadsheet in China saves, in any order of columns, and names columns it does not know', async () => {
    const file = '安置地点,撤离路线,家庭人数,家庭住址,户主电话,户主姓名,备注二\n村小学,向东,2,某村,13900000051,郑和平,x\n';
    const report = await take(iconv.encode(file, 'gb18030'));
    expect(report).toMatchObject({ created: 1, faults: [{ row: 1, column: '备注二' }] });
  });

  it('reads a spreadsheet, with telephones it took for numbers', async () => {
    const file = fakeXlsx([
      ['户主姓名', '户主电话', '家庭住址', '家庭人数', '撤离路线', '安置地点'],
      ['郑和平', 13900000071, '某村', 2, '向东', '村小学'],
    ]);
    expect(await take(file, { fileName: '明白卡.xlsx', apply: true })).toMatchObject({ created: 1, faults: [] });
    expect(context.store.householdCardRows.at(-1)).toMatchObject({ householder: '郑和平', phone: '13900000071', memberCount: 2 });
  });

  it('says what is wrong with a file it cannot read at all', async () => {
    await expect(take('只有标题\n')).rejects.toThrow(/没有数据行/);
    await expect(take('not a zip', { fileName: 'cards.xlsx' })).rejects.toThrow(/XLSX/);
    await expect(take('a,"b\n')).rejects.toThrow(/CSV/);
    await expect(take(`${headings}\n${`${good}\n`.repeat(5001)}`)).rejects.toThrow(/5000/);
  });

  it('leaves out rows of points the user does not answer for', async () => {
    const report = await take(`统一编号,${headings}\n999999010001,${good}\n`, { apply: true });
    expect(report).toMatchObject({ created: 0, faults: [{ row: 2 }] });
  });

  it('takes work cards too', async () => {
    const file =
      '监测负责人,监测负责人电话,监测员,监测员电话,预定疏散路线,预定避灾地点,预定报警信号\n李村长,13900000061,王秀英,13900000062,向东,村小学,铜锣\n';
    expect(await take(file, { kind: 'work', apply: true })).toMatchObject({ created: 1, faults: [] });
  });
});

describe('family members in one cell', () => {
  it('are read as they are written', () => {
    const members = [{ name: '王秀英', sex: 'female' as const, age: 46, phone: '13900000011' }, { name: '王小明' }];
    expect(readMembers(membersText(members))).toEqual(members);
    expect(readMembers('张三/男/30岁；李四')).toEqual([{ name: '张三', sex: 'male', age: 30 }, { name: '李四' }]);
    expect(() => readMembers('张三/30')).toThrow(/姓名/);
  });
});
