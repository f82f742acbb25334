import type { DeviceCommand, DeviceInterval } from '#libs/contracts';
import type { Densified, DensifiedStore, DeviceCommandStore, DeviceIntervalStore, DeviceLink } from '../downlink/ports.js';
import type { DayCount, DeviceKpiStore } from '../kpi/ports.js';

/** Commands in memory, as a copy: what a test holds is what was written, not what happened to the object since. */
export class FakeDeviceCommands implements DeviceCommandStore {
  readonly rows = new Map<string, DeviceCommand>();
  /** While set, every write rejects with it. */
  away: Error | undefined;

  open = async () => [...this.rows.values()].filter(({ state }) => state === 'queued' || state === 'sent');
  lastMsgid = async () => [...this.rows.keys()].sort((a, b) => Number(a) - Number(b)).at(-1) ?? '';
  insert = async (command: DeviceCommand) => {
    if (this.away) throw this.away;
    if (this.rows.has(command.msgid)) throw new Error(`number ${command.msgid} was given out before`);
    this.rows.set(command.msgid, structuredClone(command));
  };
  update = async (command: DeviceCommand) => {
    if (this.away) throw this.away;
    if ((this.rows.get(command.msgid)?.version ?? 0) < command.version) this.rows.set(command.msgid, structuredClone(command));
  };
  find = async (msgid: string) => this.rows.get(msgid);
  list: DeviceCommandStore['list'] = async ({ deviceId, state, limit }) => ({
    items: [...this.rows.values()]
      .filter((row) => row.deviceId === deviceId && (state === undefined || row.state === state))
      .sort((a, b) => Number(b.msgid) - Number(a.msgid))
      .slice(0, limit),
    nextCursor: null,
  });
}

export class FakeDeviceIntervals implements DeviceIntervalStore {
  readonly rows: DeviceInterval[] = [];
  history = async (ids?: readonly string[]) => this.rows.filter((row) => !ids || ids.includes(row.deviceId));
  readonly zeros = new Map<string, readonly { sensor: string; since: string }[]>();
  put = async (interval: DeviceInterval) => void this.rows.push(interval);
  saveZeros: DeviceIntervalStore['saveZeros'] = async (deviceId, zeros) => void this.zeros.set(deviceId, zeros);
}

export class FakeDensified implements DensifiedStore {
  readonly rows = new Map<string, Densified>();
  load = async () => [...this.rows.values()].map((row) => ({ ...row }));
  save = async (densified: Densified) => void this.rows.set(densified.deviceId, { ...densified });
  remove = async (deviceId: string) => void this.rows.delete(deviceId);
}

/** Counters in memory; `stored` are the readings a restart would find, by seq. */
export class FakeKpis implements DeviceKpiStore {
  readonly totals = new Map<string, number>();
  readonly stored: { seq: number; count: DayCount }[] = [];
  readonly ended: { deviceId: string; ended: number; succeeded: number }[] = [];
  mark = 0;
  /** `before`: the next add fails unwritten. `after`: it is written and its answer lost. */
  fails: 'before' | 'after' | undefined;

  countedTo = async () => this.mark;
  since = async (seq: number) => {
    const behind = this.stored.filter((each) => each.seq > seq);
    return { counts: behind.map(({ count }) => count), to: Math.max(seq, ...behind.map((each) => each.seq)) };
  };
  add = async (counts: readonly DayCount[], from: number, to: number) => {
    const fails = this.fails;
    this.fails = undefined;
    if (fails === 'before') throw new Error('database is away');
    if (this.mark !== from) return this.mark === to;
    this.mark = to;
    for (const { deviceId, day, channel, samples } of counts) {
      const key = `${deviceId} ${day} ${channel}`;
      this.totals.set(key, (this.totals.get(key) ?? 0) + samples);
    }
    if (fails === 'after') throw new Error('the answer was lost');
    return true;
  };
  days: DeviceKpiStore['days'] = async (ids, from, to) =>
    [...this.totals].flatMap(([key, samples]) => {
      const [deviceId = '', day = ''] = key.split(' ');
      return ids.includes(deviceId) && day >= from && day <= to ? [{ deviceId, day, samples }] : [];
    });
  commands: DeviceKpiStore['commands'] = async (ids) => this.ended.filter(({ deviceId }) => ids.includes(deviceId));
}

/** A way down that remembers what went; a device that listens to nothing is away. */
export class FakeLink implements DeviceLink {
  readonly listening = new Map<string, (topic: string) => boolean>();
  readonly sent: { deviceId: string; topic: string; text: string }[] = [];
  listens = (deviceId: string, topic: string) => this.listening.get(deviceId)?.(topic) ?? false;
  send = async (deviceId: string, topic: string, payload: Uint8Array) => {
    this.sent.push({ deviceId, topic, text: new TextDecoder().decode(payload) });
  };
  readonly cutOff: string[] = [];
  disconnect = (deviceId: string): void => {
    this.listening.delete(deviceId);
    this.cutOff.push(deviceId);
  };
  connect(deviceId: string, form: 'national' | 'rpc' = 'national'): void {
    this.listening.set(deviceId, (topic) => topic.startsWith(form === 'national' ? '$creq/' : 'v1/devices/me/rpc/request/'));
  }
}

/** A fresh `reboot` of device R1, an hour to live. */
export const aCommand = (over: Partial<DeviceCommand> = {}): DeviceCommand => ({
  msgid: '1795233600000',
  deviceId: 'R1',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  command: 'reboot',
  parameters: {},
  state: 'queued',
  reason: 'waits-for-device',
  by: 'wang',
  createdAt: '2026-11-21T04:00:00.000Z',
  expiresAt: '2026-11-21T05:00:00.000Z',
  tries: [],
  tryCount: 0,
  nextTryAt: '2026-11-21T04:00:00.000Z',
  endedAt: null,
  answer: null,
  version: 1,
  ...over,
});
