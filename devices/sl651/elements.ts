/** Where the value of an element goes. */
export interface ElementTarget {
  sensor: string;
  field: string;
}

const value = (sensor: string): ElementTarget => ({ sensor, field: 'value' });

/**
 * Element → channel, one table for every station (SL 651-2014 appendix C, as reconstructed; docs/sources.md). What is not here is
 * quarantined `unknown-code`: a guessed meaning would be a wrong level on the wall.
 */
const targets: ReadonlyMap<string, ElementTarget> = new Map([
  // 累计降水量: rises until it is reset; rain of a window is its difference.
  ['26', { sensor: 'L3_YL_1', field: 'totalValue' }],
  // 五分钟时段雨量 of the hourly report.
  ['F4', value('L3_YL_1')],
  ['39', value('L3_DB_1')],
  // 库上水位, 库下水位: gauges of their own beside a river gauge.
  ['3B', value('L3_DB_2')],
  ['3A', value('L3_DB_3')],
  // 地下水埋深, as sent: metres from the surface down to the water.
  ['0E', value('L3_DX_1')],
  ...Array.from({ length: 8 }, (_, depth): [string, ElementTarget] => [(0x10 + depth).toString(16), value(`L3_HS_${depth + 1}`)]),
  ['37', value('L3_LS_1')],
  ['38', { sensor: 'S1_ZT_1', field: 'ext_power_volt' }],
  // 时段雨量 the station sums itself, kept apart from the accumulator: judged together they would count rain twice.
  ['1A', { sensor: 'L3_SD_1', field: 'hour1' }],
  ['1B', { sensor: 'L3_SD_1', field: 'hour2' }],
  ['1C', { sensor: 'L3_SD_1', field: 'hour3' }],
  ['1D', { sensor: 'L3_SD_1', field: 'hour6' }],
  ['1E', { sensor: 'L3_SD_1', field: 'hour12' }],
  ['1F', { sensor: 'L3_SD_1', field: 'day' }],
  ['20', { sensor: 'L3_SD_1', field: 'today' }],
  ['22', { sensor: 'L3_SD_1', field: 'minutes5' }],
  // 相对水位1–8 of the hourly report: above a base level only the station knows, so never a level of L3_DB.
  ...Array.from({ length: 8 }, (_, gauge): [string, ElementTarget] => [
    (0xf5 + gauge).toString(16).toUpperCase(),
    value(`L3_XS_${gauge + 1}`),
  ]),
]);

export const targetOf = (id: string): ElementTarget | undefined => targets.get(id);

/** Bits of element 45, lowest first; 1 is the state that needs a person (SL 651-2014 table 58, as implemented by RTUs in service). */
export const statusBits = [
  'mains_off',
  'battery_low',
  'level_over',
  'flow_over',
  'quality_over',
  'flow_meter',
  'level_meter',
  'door',
  'memory',
] as const;

/** Elements the station can be asked for again with AFN 38, with the descriptor to ask with: those RTUs in service answer. */
export const historyElements: readonly { id: string; element: { id: number; descriptor: number } }[] = [
  { id: '26', element: { id: 0x26, descriptor: 0x19 } },
  { id: '39', element: { id: 0x39, descriptor: 0x23 } },
];
