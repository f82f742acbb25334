/** Readings of one channel on one civil day (`YYYY-MM-DD`, Asia/Shanghai, device time). */
export interface DayCount {
  deviceId: string;
  channel: string;
  day: string;
  samples: number;
}

/** Daily counters of readings, each reading counted once, and what the rates need beside them. */
export interface DeviceKpiStore {
  /** seq of the newest reading that is counted. */
  countedTo(): Promise<number>;
  /** What is stored next behind `seq`, summed up, and how far it goes: a part of it, to be asked again until it goes no further than `seq`. */
  since(seq: number): Promise<{ counts: DayCount[]; to: number }>;
  /** Adds the counts of the readings in (from, to]. False: something else was counted meanwhile, nothing was added. Repeating it changes nothing. */
  add(counts: readonly DayCount[], from: number, to: number): Promise<boolean>;
  /** Samples of each day with any: of the channel with the most, status apart. */
  days(deviceIds: readonly string[], fromDay: string, toDay: string): Promise<{ deviceId: string; day: string; samples: number }[]>;
  /** Commands issued in [from, to) (epoch ms) that have ended, withdrawn ones apart. */
  commands(deviceIds: readonly string[], from: number, to: number): Promise<{ deviceId: string; ended: number; succeeded: number }[]>;
}
