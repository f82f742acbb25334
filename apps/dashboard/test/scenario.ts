import { why } from '#libs/contracts';
import type {
  Consultation,
  DeliveryView,
  DeviceView,
  HazardPoint,
  IndicatorSeries,
  IndicatorValue,
  PointLevel,
  PointState,
  TaskView,
  TimelineEntry,
  User,
  WarningLevel,
  WarningView,
} from '#libs/contracts';

/** A county of the contract's shapes for page tests: what a station would answer on a wet night. */
export const bootAt = Date.now();
export const iso = (msAgo = 0): string => new Date(bootAt - msAgo).toISOString();
const minute = 60_000;
const hour = 60 * minute;

export const user: User = {
  id: 'u1',
  username: 'duty',
  displayName: '值班员 李文',
  roles: ['admin', 'duty', 'signer'],
  scope: '',
  createdAt: iso(),
};

const manual = { red: 'manual', orange: 'manual', yellow: 'manual', blue: 'manual' } as const;
function point(
  unifiedCode: string,
  name: string,
  kind: HazardPoint['kind'],
  longitude: number,
  latitude: number,
  people: number,
): HazardPoint {
  return {
    unifiedCode,
    name,
    kind,
    divisionCode: '513221100',
    longitude,
    latitude,
    threatenedHouseholds: Math.round(people / 3.6),
    threatenedPeople: people,
    mainSlideDirection: 215,
    rulebook: kind,
    thresholds: [],
    release: { ...manual },
    closed: false,
    version: 1,
    createdAt: iso(900 * hour),
    updatedAt: iso(900 * hour),
  };
}
export const drillSpeed = 3_600;
export const points: HazardPoint[] = [
  {
    ...point('5132210100001', '普雷昂佐滑坡（2012 实录演练）', 'landslide', 103.585, 31.475, 46),
    release: { ...manual, red: 'immediate' },
    drill: { wallStart: iso(2 * minute), eventStart: '2012-05-01T00:00:00+02:00', speed: drillSpeed, deliver: 'simulator' },
  },
  point('5132210100012', '新磨村后山滑坡', 'landslide', 103.652, 31.562, 132),
  point('5132210100023', '大水沟不稳定斜坡', 'unstable-slope', 103.538, 31.402, 58),
  point('5132210300004', '七盘沟泥石流', 'debris-flow', 103.561, 31.449, 410),
  point('5132210200007', '雁门乡麻柳崩塌', 'collapse', 103.614, 31.523, 27),
  point('5132210900002', '龙溪尾矿库', 'tailings-pond', 103.507, 31.549, 640),
  point('5132210100031', '克枯乡周达滑坡', 'landslide', 103.477, 31.487, 75),
  point('5132210800001', '威州采石场边坡', 'open-pit-slope', 103.629, 31.431, 18),
];
export const levels: Record<string, PointLevel> = {
  '5132210100001': 'none',
  '5132210100012': 'orange',
  '5132210100023': 'none',
  '5132210300004': 'yellow',
  '5132210200007': 'blue',
  '5132210900002': 'none',
  '5132210100031': 'unknown',
  '5132210800001': 'none',
};

function device(
  deviceId: string,
  profile: string,
  hazardPoint: string,
  secondsAgo: number | null,
  state: DeviceView['state'],
  interval = 60,
): DeviceView {
  return {
    deviceId,
    profile,
    hazardPoint,
    divisionCode: '513221100',
    interval,
    synthetic: deviceId.startsWith('GNSS-P'),
    createdAt: iso(900 * hour),
    state,
    lastSeen: secondsAgo === null ? null : iso(secondsAgo * 1000),
  };
}
export const devices: DeviceView[] = [
  device('EXT-P1', 'crack-meter', '5132210100001', 1, 'online', 3_600),
  device('GNSS-P2', 'gnss', '5132210100001', 2, 'online', 3_600),
  device('17165802', 'gnss', '5132210100012', 12, 'online'),
  device('17165803', 'gnss', '5132210100012', 34, 'online'),
  device('LF-2203', 'crack-meter', '5132210100012', 41, 'online'),
  device('QJ-1107', 'tiltmeter', '5132210100023', 22, 'online', 300),
  device('YL-3001', 'rain-gauge', '5132210300004', 17, 'online', 300),
  device('NW-3002', 'mud-level', '5132210300004', 17, 'online', 300),
  device('LF-0711', 'crack-meter', '5132210200007', 160, 'stale'),
  device('WK-0201', 'tailings', '5132210900002', 55, 'online', 600),
  device('GNSS-3105', 'gnss', '5132210100031', 5_400, 'offline'),
  device('BP-0101', 'gnss', '5132210800001', 64, 'online', 600),
];

const dictionary: [string, string, string][] = [
  ['EXT-P1', 'L1_LF_1', 'mm'],
  ['GNSS-P2', 'L1_GP_1.gpsTotalX', 'mm'],
  ['GNSS-P2', 'L1_GP_1.gpsTotalY', 'mm'],
  ['GNSS-P2', 'L1_GP_1.gpsTotalZ', 'mm'],
  ['17165802', 'L1_GP_1.gpsTotalX', 'mm'],
  ['17165803', 'L1_GP_1.gpsTotalX', 'mm'],
  ['LF-2203', 'L1_LF_1', 'mm'],
  ['YL-3001', 'L3_YL_1', 'mm'],
  ['NW-3002', 'L4_NW_1', 'm'],
];
export const channels = dictionary.map(([deviceId, channel, unit], index) => ({
  index,
  deviceId,
  channel,
  unit,
  hazardPoint: devices.find((one) => one.deviceId === deviceId)!.hazardPoint,
}));

/** A slope that creeps, then fails: displacement ∝ −ln(time to failure), as at Preonzo. Progress 0…1. */
export function displacement(progress: number): number {
  return 20 + progress * 90 - 160 * Math.log(Math.max(0.0008, 1 - progress));
}
const noise = (n: number): number => Math.sin(n * 12.9898) * 0.5 + Math.sin(n * 78.233) * 0.5;

/** Value of a channel, `msAgo` before now (event time of the drill for its devices). */
export function valueAt(index: number, n: number, progress: number): number {
  if (index === 0) return displacement(progress);
  if (index <= 3) return displacement(Math.max(0, progress - 0.004)) * [0.84, 0.47, -0.28][index - 1]! + noise(n + index) * 4;
  if (index === 6) return 6 + progress * 26 + noise(n) * 0.25;
  if (index === 7) return Math.max(0, (noise(n) + 0.6) * 4.2 * progress);
  if (index === 8) return 0.42 + progress * 0.6 + noise(n) * 0.03;
  return 18 + progress * 42 + noise(n + index) * 1.4;
}

const indicator = (over: Partial<IndicatorValue> & Pick<IndicatorValue, 'id' | 'detector'>): IndicatorValue => ({
  value: null,
  unit: 'mm',
  at: iso(),
  thresholds: {},
  ...over,
});
export function indicators(code: string, progress: number): IndicatorValue[] {
  const drill = code === '5132210100001';
  const [a, b] = drill ? ['EXT-P1', 'GNSS-P2'] : ['LF-2203', '17165802'];
  const speed = drill ? 2.1 / Math.max(0.012, 1 - progress) : 6.4;
  return [
    indicator({
      id: 'change-1h',
      detector: 'change',
      deviceId: a,
      channel: 'L1_LF_1',
      value: speed / 4,
      thresholds: { blue: 5, yellow: 10, orange: 20, red: 40 },
      title: { zh: '裂缝 1 小时变化', en: 'Crack, change in 1 h' },
    }),
    indicator({
      id: 'velocity',
      detector: 'velocity',
      deviceId: a,
      channel: 'L1_LF_1',
      value: speed,
      unit: 'mm/d',
      thresholds: { blue: 5, yellow: 10, orange: 50, red: 120 },
      title: { zh: '位移速率', en: 'Velocity' },
    }),
    indicator({
      id: 'tangent',
      detector: 'tangent',
      deviceId: b,
      channel: 'L1_GP_1',
      value: 45 + 42 * progress,
      unit: '°',
      thresholds: { yellow: 80, orange: 83, red: 85 },
    }),
    indicator({
      id: 'rain-24h',
      detector: 'rain',
      value: null,
      unit: 'mm',
      thresholds: { yellow: 50, orange: 100 },
      why: why('silent'),
    }),
  ];
}
/** Curves of the indicators up to now: a sample an hour for a week. */
export const series = (code: string, progress: number): IndicatorSeries[] =>
  indicators(code, progress).map((one) => ({
    ...one,
    thinned: false,
    samples: Array.from({ length: one.value === null ? 0 : 168 }, (_, i): [number, number] => [
      bootAt - (167 - i) * hour,
      indicators(code, (progress * i) / 167).find(({ id }) => id === one.id)?.value ?? 0,
    ]),
  }));
export function stateOf(code: string, progress: number): PointState {
  const level = levels[code] ?? 'unknown';
  return {
    hazardPoint: code,
    level,
    certainty: level === 'none' || level === 'unknown' ? null : 'confirmed',
    confirmedLevel: level,
    rule: { id: 'landslide', version: '3f9c2ab017de' },
    judgedTo: 4_812,
    eventAt: iso(3_000),
    indicators: indicators(code, progress),
    missing: [{ indicator: 'rain-24h', why: why('no-data') }],
  };
}

const release = (state: WarningView['release']['public'], level: WarningLevel | null, version = 0): WarningView['releases']['public'] => ({
  state,
  level,
  version,
  publishedAt: version > 0 ? iso(3 * minute) : null,
  ratified: true,
  dueAt: null,
});
export function warning(id: string, code: string, level: WarningLevel, over: Partial<WarningView> = {}): WarningView {
  const place = points.find((one) => one.unifiedCode === code)!;
  const published = level === 'red' ? 1 : 0;
  const releases = {
    internal: release('published', level, 1),
    public: release(published ? 'published' : 'none', published ? level : null, published),
  };
  return {
    id,
    hazardPoint: code,
    divisionCode: place.divisionCode,
    pointName: place.name,
    level,
    peak: level,
    active: true,
    state: 'confirmed',
    exercise: place.drill !== undefined,
    openedAt: iso(9 * minute),
    eventOpenedAt: place.drill ? '2012-05-13T14:10:00.000Z' : iso(9 * minute),
    expiresAt: iso(-24 * hour),
    acknowledged: false,
    rule: { id: place.rulebook, version: '3f9c2ab017de' },
    reasons: [
      {
        code: 'change-over-threshold',
        value: 22.4,
        threshold: 20,
        unit: 'mm',
        text: {
          zh: '裂缝 LF-2203 一小时变化 22.4 mm，超过橙色阈值 20 mm',
          en: 'Crack LF-2203 changed 22.4 mm in an hour, above the orange threshold of 20 mm',
        },
      },
    ],
    evidence: indicators(code, 0.9),
    releases,
    release: { internal: releases.internal.state, public: releases.public.state },
    legal: [],
    timeline: [],
    version: 1,
    updatedAt: iso(),
    ...over,
  };
}
export function entry(id: string, msAgo: number, level: WarningLevel, over: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    id,
    at: iso(msAgo),
    eventAt: iso(msAgo),
    kind: 'level',
    level,
    state: 'confirmed',
    actor: 'system',
    rule: { id: 'landslide', version: '3f9c2ab017de' },
    reasons: [
      {
        code: 'level',
        text: { zh: '位移速率 63.1 mm/d，超过阈值 50 mm/d，连续两次', en: 'Velocity 63.1 mm/d, above 50 mm/d, twice in a row' },
      },
    ],
    evidence: indicators('5132210100012', 0.8),
    ...over,
  };
}

const people = ['王**', '张**', '李**', '赵**', '刘**', '陈**', '杨**', '周**'];
export function deliveries(): DeliveryView[] {
  const statuses: DeliveryView['status'][] = [
    'delivered',
    'delivered',
    'delivered',
    'accepted',
    'delivered',
    'failed_perm',
    'delivered',
    'manual_task',
  ];
  return people.map((recipient, i) => {
    const status = statuses[i]!;
    return {
      id: `d${i}`,
      recipient,
      role: i === 0 ? 'responsible' : i === 1 ? 'monitor' : 'household',
      address: `138****${String(1234 + i * 77)}`,
      channel: 'sms',
      scope: 'public',
      status,
      ack: i < 3 ? 'safe' : i === 4 ? 'help' : 'none',
      provider: 'alicloud',
      outId: `w1x${i}`,
      text: '【望山县自然资源局】演练：普雷昂佐滑坡红色预警，请立即沿村道向东撤离至村小学。收到请回复1。',
      parts: 1,
      attempts: 1,
      error: status === 'failed_perm' ? { class: 'RECIPIENT_PERM', code: 'MOBILE_NUMBER_ILLEGAL', message: '号码不存在' } : null,
      times: {
        created: iso(60_000),
        sending: iso(59_000),
        accepted: iso(58_000),
        delivered: status === 'delivered' ? iso(51_000) : null,
        failed: status === 'failed_perm' ? iso(50_000) : null,
      },
    };
  });
}
export function consultation(of: WarningView): Consultation {
  const { releases: inOut, ...rest } = of;
  const record = { ...rest, deliver: 'simulator' as const, releases: inOut };
  const place = points.find((one) => one.unifiedCode === of.hazardPoint)!;
  return {
    id: 'c1',
    warning: of.id,
    hazardPoint: of.hazardPoint,
    divisionCode: of.divisionCode,
    title: `${of.pointName} 会商`,
    exercise: of.exercise,
    state: 'deliberating',
    openedAt: iso(8 * minute),
    evidence: {
      takenAt: iso(8 * minute),
      warning: record,
      point: place,
      series: [6, 4, 5].map((index) => ({
        deviceId: channels[index]!.deviceId,
        channel: channels[index]!.channel,
        unit: 'mm',
        readings: Array.from({ length: 300 }, (_, i) => ({
          time: iso((300 - i) * 5 * minute),
          value: valueAt(index, i, i / 300),
          quality: [],
        })),
      })),
      hash: '8d1c7f2e90ab44c1b8f0',
    },
    opinions: [
      {
        id: 'o1',
        by: '王教授',
        at: iso(5 * minute),
        level: 'red',
        stability: 'unstable',
        trend: 'imminent',
        text: '后缘裂缝加速张开，切线角已过 85°，建议按红色处置，先撤离坡脚住户。',
        measures: '封闭坡脚便道，夜间加密观测。',
      },
      {
        id: 'o2',
        by: '李工',
        at: iso(4 * minute),
        level: 'orange',
        stability: 'less-stable',
        trend: 'deforming',
        text: 'GNSS 与裂缝计一致，雨情未加重，建议维持橙色，一小时后复核。',
      },
    ],
    chat: [
      { id: 'm1', by: '值班员 李文', at: iso(6 * minute), text: '监测员已到现场，坡脚有小块落石。' },
      { id: 'm2', by: '王教授', at: iso(5.5 * minute), text: '请拍后缘裂缝照片。' },
    ],
    decision: null,
    version: 3,
  };
}

/** A task of the response plan, as a duty officer sees it. */
export const task = (id: string, warningId: string, hazardPoint: string, zh: string, state: TaskView['state']): TaskView => ({
  id,
  warningId,
  hazardPoint,
  state,
  kind: 'response',
  divisionCode: '513221',
  exercise: false,
  level: 'red',
  title: { zh, en: zh },
  owner: { role: 'village' },
  createdAt: iso(36e5),
  dueAt: iso(state === 'overdue' ? 6e5 : -6e5),
  ...(state === 'overdue' ? { overdueAt: iso(6e5) } : {}),
  steps: [],
  version: 1,
  pointName: '新磨村后山滑坡',
  legal: state === 'to-dispatch' ? ['dispatch', 'start'] : ['dispatch', 'start', 'report'],
});
