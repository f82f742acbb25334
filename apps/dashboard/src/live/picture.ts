import {
  Consultation,
  DefenceResponse,
  DeliverySummary,
  DeviceView,
  PointPicture,
  PointState,
  Silence,
  SystemAlarm,
  TaskView,
  WallMessage,
  WarningView,
} from '#libs/contracts';
import { endingLast, silenceConcerns, silenceHolds } from '#libs/contracts';
import type { FrameValue, WallEventMessage, WallSnapshot } from '#libs/contracts';

/** Everything the client knows live. The maps may be reactive ones. */
export interface Picture {
  /** Last event applied: what a reconnect gives back as `offset`. */
  seq: number;
  points: Map<string, PointPicture>;
  devices: Map<string, DeviceView>;
  warnings: Map<string, WarningView>;
  deliveries: Map<string, DeliverySummary>;
  consultations: Map<string, Consultation>;
  /** Tasks and responses that changed while this page was open; the others are asked for. */
  tasks: Map<string, TaskView>;
  responses: Map<string, DefenceResponse>;
  alarms: Map<string, SystemAlarm>;
  /** Messages to this display, by what they are about: the newest of a warning takes the place of the one before. */
  messages: Map<string, WallMessage>;
  /** Channel dictionary: frame index → device and channel. */
  channels: Map<number, WallSnapshot['channels'][number]>;
}

/** Why an event did or did not change the picture. */
export type Applied = { kind: 'applied'; warning?: string; consultation?: string } | { kind: 'duplicate' } | { kind: 'unreadable' };

export function emptyPicture(): Picture {
  return {
    seq: 0,
    points: new Map(),
    devices: new Map(),
    warnings: new Map(),
    deliveries: new Map(),
    consultations: new Map(),
    tasks: new Map(),
    responses: new Map(),
    alarms: new Map(),
    messages: new Map(),
    channels: new Map(),
  };
}

/** A snapshot is the truth as of its seq, also when that is behind ours (a station restored from an older state). */
export function applySnapshot(picture: Picture, snapshot: WallSnapshot): void {
  picture.seq = snapshot.seq;
  refill(picture.points, snapshot.points, (point) => point.unifiedCode);
  refill(picture.devices, snapshot.devices, (device) => device.deviceId);
  // A snapshot knows no asking user: actions already known for the same version of a warning stay.
  const legal = new Map([...picture.warnings].map(([id, warning]) => [`${id} ${warning.version}`, warning.legal]));
  const warnings = snapshot.warnings.map((warning) => ({
    ...warning,
    legal: legal.get(`${warning.id} ${warning.version}`) ?? warning.legal,
  }));
  refill(picture.warnings, warnings, (warning) => warning.id);
  refill(picture.alarms, snapshot.alarms, (alarm) => alarm.code);
  for (const message of snapshot.messages) putMessage(picture, message);
  refill(picture.channels, snapshot.channels, (channel) => channel.index);
}

/** Applies one event, once: replay after a reconnect may bring what is already here. */
export function applyEvent(picture: Picture, event: WallEventMessage): Applied {
  if (event.seq <= picture.seq) return { kind: 'duplicate' };
  picture.seq = event.seq;
  switch (event.type) {
    case 'warning.opened':
    case 'warning.level':
    case 'warning.state':
    case 'warning.release':
      return read(WarningView, event.payload, (warning) => putWarning(picture, warning));
    case 'warning.display':
      return read(WallMessage, event.payload, (message) => putMessage(picture, message));
    case 'point.level':
      return applyPointLevel(picture, event.payload);
    case 'silence.changed':
      return read(Silence, event.payload, (silence) => putSilence(picture, silence));
    case 'task.changed':
      return read(TaskView, event.payload, (task) => {
        picture.tasks.set(task.id, task);
        return { kind: 'applied' };
      });
    case 'response.changed':
      return read(DefenceResponse, event.payload, (response) => {
        picture.responses.set(response.id, response);
        return { kind: 'applied' };
      });
    case 'device.state':
      return read(DeviceView, event.payload, (device) => {
        picture.devices.set(device.deviceId, device);
        return { kind: 'applied' };
      });
    case 'delivery.summary':
      return read(DeliverySummary, event.payload, (summary) => {
        picture.deliveries.set(summary.warning, summary);
        return { kind: 'applied' };
      });
    case 'consultation.opened':
    case 'consultation.updated':
    case 'consultation.signed':
      return read(Consultation, event.payload, (consultation) => {
        picture.consultations.set(consultation.id, consultation);
        return { kind: 'applied', consultation: consultation.id };
      });
    case 'system.alarm':
      return read(SystemAlarm, event.payload, (alarm) => {
        if (alarm.standing) picture.alarms.set(alarm.code, alarm);
        else picture.alarms.delete(alarm.code);
        return { kind: 'applied' };
      });
  }
}

/**
 * Puts a warning, unless a newer version of it is here (an answer may cross an event on its way). The event form knows no
 * asking user, so actions already known for that very version stay.
 */
export function putWarning(picture: Picture, warning: WarningView): Applied {
  const known = picture.warnings.get(warning.id);
  if (known && known.version > warning.version) return { kind: 'duplicate' };
  const legal = warning.legal.length === 0 && known?.version === warning.version ? known.legal : warning.legal;
  picture.warnings.set(warning.id, { ...warning, legal });
  const point = picture.points.get(warning.hazardPoint);
  if (point) {
    if (isOpen(warning)) picture.points.set(point.unifiedCode, { ...point, warning: warning.id, state: warning.state });
    else if (point.warning === warning.id) picture.points.set(point.unifiedCode, { ...point, warning: null, state: null });
  }
  return { kind: 'applied', warning: warning.id };
}

function putMessage(picture: Picture, message: WallMessage): Applied {
  const about = message.warning ?? message.delivery;
  // Put at the end: what was said last is painted first.
  picture.messages.delete(about);
  picture.messages.set(about, message);
  return { kind: 'applied' };
}

/** Marks the points a silence speaks of; one that ended takes the place of its older version, and holds no more. */
function putSilence(picture: Picture, silence: Silence): Applied {
  for (const [code, point] of picture.points) {
    if (!silenceConcerns(silence, point)) continue;
    const others = (point.silences ?? []).filter((other) => other.id !== silence.id);
    picture.points.set(code, { ...point, silences: [...others, silence] });
  }
  return { kind: 'applied' };
}

/** The silence of a point that holds now and ends last. @param now station's clock, epoch ms */
export function silenceOf(point: PointPicture, now: number): Silence | undefined {
  return endingLast((point.silences ?? []).filter((silence) => silenceHolds(silence, point, now)));
}

/** Still somebody's business: neither closed, expired nor cancelled. */
export const isOpen = (warning: Pick<WarningView, 'state'>): boolean => warning.state === 'candidate' || warning.state === 'confirmed';

/** A value arrived: its device was heard at `at` (station's clock). */
export function hear(picture: Picture, values: readonly FrameValue[], at: number): void {
  const heard = new Set<string>();
  for (const [index] of values) {
    const channel = picture.channels.get(index);
    if (channel) heard.add(channel.deviceId);
  }
  const lastSeen = new Date(at).toISOString();
  for (const id of heard) {
    const device = picture.devices.get(id);
    if (device) picture.devices.set(id, { ...device, lastSeen });
  }
}

function applyPointLevel(picture: Picture, payload: unknown): Applied {
  const whole = PointPicture.safeParse(payload);
  if (whole.success) {
    picture.points.set(whole.data.unifiedCode, whole.data);
    return { kind: 'applied' };
  }
  return read(PointState, payload, (state) => {
    const point = picture.points.get(state.hazardPoint);
    if (point) picture.points.set(state.hazardPoint, { ...point, level: state.level });
    return { kind: 'applied' };
  });
}

function read<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  payload: unknown,
  apply: (value: T) => Applied,
): Applied {
  const result = schema.safeParse(payload);
  return result.success ? apply(result.data) : { kind: 'unreadable' };
}

function refill<K, V>(map: Map<K, V>, items: readonly V[], key: (item: V) => K): void {
  map.clear();
  for (const item of items) map.set(key(item), item);
}
