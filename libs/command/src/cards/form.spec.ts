import { expect, it } from 'vitest';
import { cardColumns, type HouseholdCard, type WorkCard } from '#libs/contracts';
import { cardForm } from './form.js';

const stored = {
  id: 'c1',
  number: '513221010001-H001',
  version: 3,
  createdAt: '2026-05-01T00:00:00.000Z',
  updatedAt: '2026-05-01T00:00:00.000Z',
};
const household: HouseholdCard = {
  ...stored,
  hazardPoint: '513221010001',
  householder: '王秀英',
  phone: '13900000011',
  address: '望山镇青山村三组12号',
  memberCount: 4,
  members: [{ name: '王秀英', sex: 'female', age: 46 }],
  evacuationRoute: '沿村道向东',
  shelter: '村小学',
  issue: { version: 3, on: '2026-05-01', by: 'keeper' },
};
const work: WorkCard = {
  ...stored,
  hazardPoint: '513221010001',
  responsible: { name: '李建国', phone: '13900000021' },
  monitor: { name: '王秀英', phone: '13900000022' },
  evacuationRoute: '沿村道向东',
  shelter: '村小学',
  signal: '铜锣',
};
const about = { countyName: '望山县', pointName: () => '青山村滑坡', day: '2026-11-21' };

it('is three copies with every field of the form, filled in or left open', () => {
  for (const [kind, form] of [
    ['household', cardForm('household', [household], about)],
    ['work', cardForm('work', [work], about)],
  ] as const) {
    expect(form.blocks.filter((block) => block.kind === 'page-break')).toHaveLength(2);
    const labels = new Set(
      form.blocks.flatMap((block) => (block.kind === 'form' ? block.rows.flatMap((row) => row.map(({ label }) => label)) : [])),
    );
    const asked = cardColumns[kind].filter(({ path }) => path !== 'number' && path !== 'hazardPoint').map(({ zh }) => zh);
    expect(asked.filter((label) => !labels.has(label))).toEqual([]);
  }
});

it('says what stands on the card, the way out in bold, and its number and version', () => {
  const form = cardForm('household', [household], about);
  const cells = form.blocks.flatMap((block) => (block.kind === 'form' ? block.rows.flat() : []));
  expect(cells.find(({ label }) => label === '撤离路线')).toMatchObject({ value: '沿村道向东', bold: true });
  expect(cells.find(({ label }) => label === '家庭成员')?.value).toBe('王秀英/女/46');
  expect(cells.find(({ label }) => label === '发放日期')?.value).toBe('2026-05-01');
  expect(form.footer).toContain('513221010001-H001');
});
