import type { DeviceView, HazardPoint, PointLevel, User } from '#libs/contracts';
import { hour, iso, minute } from './clock.js';

/** A county of the contract's shapes: what a station would answer on a wet night. */
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
/** Levels the county begins with. */
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
