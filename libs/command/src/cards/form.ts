import { cardColumns, cardTitles, type CardColumn, type CardKind, type CardOf } from '#libs/contracts';
import type { PrintBlock, PrintDocument } from '#libs/print';
import { membersText } from './members.js';

/** Three copies, one page each (domain.md §3.1b). */
const copies: Readonly<Record<CardKind, readonly string[]>> = {
  household: ['第一联 住户保存', '第二联 村（社区）委员会保存', '第三联 发放单位保存'],
  work: ['第一联 持卡单位（人）保存', '第二联 村（社区）委员会保存', '第三联 发放单位保存'],
};

/** Rows of the form, by path: what stands side by side on the paper. What a card does not say is an empty box to be filled in by hand. */
const rows: Readonly<Record<CardKind, readonly (readonly string[])[]>> = {
  household: [
    ['householder', 'phone', 'memberCount'],
    ['address', 'houseType'],
    ['members'],
    ['hazardType', 'hazardScale'],
    ['positionRelation'],
    ['inducement'],
    ['notes'],
    ['monitor.name', 'monitor.phone'],
    ['signal'],
    ['signalBy.name', 'signalBy.phone'],
    ['evacuationRoute'],
    ['shelter'],
    ['shelterKeeper.name', 'shelterKeeper.phone'],
    ['medical.unit', 'medical.name', 'medical.phone'],
    ['issuedBy.unit', 'issuedBy.name', 'issuedBy.phone'],
  ],
  work: [
    ['location', 'fieldNumber'],
    ['typeAndScale', 'inducement'],
    ['threatened'],
    ['responsible.name', 'responsible.phone'],
    ['monitor.name', 'monitor.phone'],
    ['signsToWatch'],
    ['methods'],
    ['imminentCriteria'],
    ['shelter'],
    ['evacuationRoute'],
    ['signal'],
    ['evacuationOrderedBy.name', 'evacuationOrderedBy.phone'],
    ['rescue.unit', 'rescue.name', 'rescue.phone'],
    ['security.unit', 'security.name', 'security.phone'],
    ['medical.unit', 'medical.name', 'medical.phone'],
    ['issuedBy.unit', 'issuedBy.name', 'issuedBy.phone'],
    ['holder.unit', 'holder.name', 'holder.phone'],
  ],
};
/** What has to be found in the dark. */
const loud = new Set(['evacuationRoute', 'shelter', 'signal', 'imminentCriteria']);

/** Cards as they are handed out: the form of domain.md §3.1 on A4, each card in three copies. */
export function cardForm<K extends CardKind>(
  kind: K,
  cards: readonly CardOf[K][],
  about: { countyName: string; pointName: (card: CardOf[K]) => string; day: string },
): PrintDocument {
  const { zh } = cardTitles[kind];
  const pages = cards.flatMap((card) => copies[kind].map((copy) => page(kind, card, copy, about.pointName(card))));
  return {
    title: zh,
    header: about.countyName,
    footer: `${cards.length === 1 ? `${cards[0]?.number ?? ''} 第${cards[0]?.version ?? 1}版　` : ''}${about.day} 打印`,
    blocks: pages.flatMap((blocks, at) => (at === 0 ? blocks : [{ kind: 'page-break' as const }, ...blocks])),
  };
}

function page(kind: CardKind, card: CardOf[CardKind], copy: string, pointName: string): PrintBlock[] {
  const labels = new Map(cardColumns[kind].map((column: CardColumn) => [column.path, column.zh]));
  const text = (path: string): string => valueText(valueAt(card, path));
  return [
    { kind: 'text', text: `编号：${card.number ?? ''}　版次：${card.version}`, size: 9, align: 'right' },
    {
      kind: 'form',
      rows: [
        [
          { label: '隐患点名称', value: pointName },
          { label: '统一编号', value: card.hazardPoint },
        ],
      ],
    },
    {
      kind: 'form',
      rows: rows[kind].map((paths) =>
        paths.map((path) => ({ label: labels.get(path) ?? path, value: text(path), ...(loud.has(path) ? { bold: true } : {}) })),
      ),
    },
    {
      kind: 'form',
      rows: [
        [
          { label: '发放日期', value: card.issue?.on ?? card.issuedOn ?? '' },
          { label: kind === 'household' ? '户主签名' : '持卡人签名', value: '' },
          { label: '签收日期', value: card.signedOn ?? '' },
        ],
      ],
    },
    { kind: 'space', height: 6 },
    { kind: 'text', text: `${copy}　　发放单位（章）：`, size: 9 },
  ];
}

/** Value at a path such as `monitor.phone`. */
export function valueAt(card: object, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], card);
}

/** A field as it is written by hand: on the form, in a column of a table. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return membersText(value as Parameters<typeof membersText>[0]);
  return typeof value === 'number' || typeof value === 'string' ? String(value) : '';
}
