/** Where the value of an element goes. */
export interface ElementTarget {
  sensor: string;
  field: string;
}

const value = (sensor: string): ElementTarget => ({ sensor, field: 'value' });

/** 地下水瞬时埋深. */
const depthToWater = '0E';
/** What a well that has run dry sends as its depth (§E.8.2.2). Stored as metres it would be a fall of the table by hundreds. */
const DRY_WELL = 444;

/** A number that means a state and no measurement: its name; undefined: it is a measurement. */
export const stateOf = (id: string, measured: number): string | undefined =>
  id === depthToWater && measured === DRY_WELL ? 'dry well' : undefined;

/**
 * Element → channel, one table for every station (SL 651-2014 table C.1; docs/sources.md). What is not here is quarantined
 * `unknown-code`: a guessed meaning would be a wrong level on the wall.
 */
const targets: ReadonlyMap<string, ElementTarget> = new Map([
  // 降水量累计值: rises from the first of January until it is reset; rain of a window is its difference.
  ['26', { sensor: 'L3_YL_1', field: 'totalValue' }],
  // 1小时内每5分钟时段雨量: what fell in each five minutes. More than 25.4 mm is carried into the next five.
  ['F4', value('L3_YL_1')],
  // 瞬时河道水位、潮位.
  ['39', value('L3_DB_1')],
  // 库(闸、站)上水位, 下水位: gauges of their own beside a river gauge.
  ['3B', value('L3_DB_2')],
  ['3A', value('L3_DB_3')],
  // 地下水瞬时埋深: metres down to the water. Never L3_DX: there larger is higher, and a rule would take a falling table for a rising one.
  [depthToWater, value('L3_MS_1')],
  // 土壤含水量 by weight (§E.7.1.2). Never L3_HS, by volume: its bounds are a third to a half higher, and a rule on it would be late.
  ...Array.from({ length: 8 }, (_, depth): [string, ElementTarget] => [(0x10 + depth).toString(16), value(`L3_ZH_${depth + 1}`)]),
  ['37', value('L3_LS_1')],
  ['38', { sensor: 'S1_ZT_1', field: 'ext_power_volt' }],
  // 时段降水量 the station sums itself, kept apart from the accumulator: judged together they would count rain twice.
  ['1A', { sensor: 'L3_SD_1', field: 'hour1' }],
  ['1B', { sensor: 'L3_SD_1', field: 'hour2' }],
  ['1C', { sensor: 'L3_SD_1', field: 'hour3' }],
  ['1D', { sensor: 'L3_SD_1', field: 'hour6' }],
  ['1E', { sensor: 'L3_SD_1', field: 'hour12' }],
  ['1F', { sensor: 'L3_SD_1', field: 'day' }],
  ['20', { sensor: 'L3_SD_1', field: 'today' }],
  ['21', { sensor: 'L3_SD_1', field: 'minute1' }],
  ['22', { sensor: 'L3_SD_1', field: 'minutes5' }],
  ['23', { sensor: 'L3_SD_1', field: 'minutes10' }],
  ['24', { sensor: 'L3_SD_1', field: 'minutes30' }],
  // 相对水位1–8 of the hourly report: above a base level only the station knows, so never a level of L3_DB.
  ...Array.from({ length: 8 }, (_, gauge): [string, ElementTarget] => [
    (0xf5 + gauge).toString(16).toUpperCase(),
    value(`L3_XS_${gauge + 1}`),
  ]),
]);

export const targetOf = (id: string): ElementTarget | undefined => targets.get(id);

/**
 * Bits of element 45, lowest first; 1 is the state that needs a person (table 58). The door (bit 7) counts the other way, 0 = open: a cabinet
 * without a contact would stand open for ever, so it is left out, with the pump and card bits above it.
 */
export const statusBits: readonly { bit: number; name: string }[] = [
  { bit: 0, name: 'mains_off' },
  { bit: 1, name: 'battery_low' },
  { bit: 2, name: 'level_over' },
  { bit: 3, name: 'flow_over' },
  { bit: 4, name: 'quality_over' },
  { bit: 5, name: 'flow_meter' },
  { bit: 6, name: 'level_meter' },
  { bit: 8, name: 'memory' },
];

/** Elements the station can be asked for again with AFN 38, with the descriptor to ask with: those RTUs in service answer. */
export const historyElements: readonly { id: string; element: { id: number; descriptor: number } }[] = [
  { id: '26', element: { id: 0x26, descriptor: 0x19 } },
  { id: '39', element: { id: 0x39, descriptor: 0x23 } },
];
