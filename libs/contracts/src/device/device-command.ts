import { z } from 'zod';
import { DeviceId, UnifiedCode } from '../point/ids.js';
import { WarningLevel } from '../point/level.js';
import { IsoTime } from '../time/time.js';

/** Interval a device may be given, seconds: sampling up to a day, upload up to three (tender figures, domain.md §2.2). */
const SampleInterval = z.number().int().min(1).max(86_400);
const UploadInterval = z.number().int().min(1).max(259_200);
/** Text that stands between `&` and `=` on the wire: a value with one of them would be read as another parameter. */
const Plain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\x20-\x7e]+$/, 'printable ASCII')
    .regex(/^[^&=$]+$/, 'without & = $');
const SensorCode = z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/, 'sensor code, for example L1_LF_1');
const sensor = { sensor: SensorCode.optional() };
const nothing = z.strictObject({}).default({});

/** Work modes of DZ/T 0450 §8.6: 正常 0, 节能 1, 应急 2. */
export const workModes = ['normal', 'saving', 'emergency'] as const;
export const WorkMode = z.enum(workModes);
export type WorkMode = z.infer<typeof WorkMode>;

/**
 * What a device can be told (DZ/T 0450 §8.6), a closed list: each command with its parameters. Intervals are seconds here and become
 * what the device counts in at the edge; levels are words and become numbers there.
 */
export const DeviceOrder = z.discriminatedUnion('command', [
  z.object({ command: z.literal('settime'), parameters: z.strictObject({ server: Plain(80).optional() }).default({}) }),
  z.object({ command: z.literal('reqsensortime'), parameters: z.strictObject(sensor).default({}) }),
  z.object({
    command: z.literal('setsensortime'),
    parameters: z
      .strictObject({
        ...sensor,
        sampleInterval: SampleInterval.optional(),
        uploadInterval: UploadInterval.optional(),
        /** 加报: while the device itself finds its threshold passed. */
        plusInterval: SampleInterval.optional(),
      })
      .refine((given) => given.sampleInterval ?? given.uploadInterval ?? given.plusInterval, {
        message: 'name at least one of sampleInterval, uploadInterval, plusInterval',
      })
      .refine((given) => (given.sampleInterval ?? 0) <= (given.uploadInterval ?? Infinity), {
        message: 'sampleInterval: no upload comes more often than a sample',
      }),
  }),
  z.object({
    command: z.literal('setsensorattr'),
    parameters: z
      .strictObject({
        sensor: SensorCode,
        /** One number, or three for a GNSS receiver. */
        threshold: z.array(z.number()).min(1).max(3).optional(),
        upperLimit: z.number().optional(),
        lowerLimit: z.number().optional(),
      })
      .refine((given) => given.threshold ?? given.upperLimit ?? given.lowerLimit, {
        message: 'name at least one of threshold, upperLimit, lowerLimit',
      })
      .refine((given) => (given.lowerLimit ?? -Infinity) < (given.upperLimit ?? Infinity), { message: 'lowerLimit: below upperLimit' }),
  }),
  z.object({ command: z.literal('getsensorattr'), parameters: z.strictObject({ sensor: SensorCode }) }),
  z.object({ command: z.literal('getsensorID'), parameters: nothing }),
  z.object({ command: z.literal('sample'), parameters: z.strictObject(sensor).default({}) }),
  z.object({ command: z.literal('setworkmode'), parameters: z.strictObject({ mode: WorkMode }) }),
  z.object({ command: z.literal('getworkmode'), parameters: nothing }),
  z.object({ command: z.literal('getstatus'), parameters: nothing }),
  z.object({ command: z.literal('reboot'), parameters: nothing }),
  z.object({
    command: z.literal('broadcast'),
    parameters: z.strictObject({
      /** How often the horn says it. More than ten: it is still speaking when the next thing has to be said. */
      times: z.number().int().min(1).max(10).default(3),
      /** Chinese text of GB 2312; the edge says which character the horn can't speak. */
      text: z.string().min(1).max(200),
    }),
  }),
  z.object({
    command: z.literal('meteorologicalearlywarning'),
    parameters: z.strictObject({
      /** The protocol knows 0 red, 1 orange, 2 yellow. */
      level: z.enum(['yellow', 'orange', 'red']),
      hours: z.number().int().min(1).max(168).default(24),
      longitudes: z.tuple([z.number().min(-180).max(180), z.number().min(-180).max(180)]).optional(),
      latitudes: z.tuple([z.number().min(-90).max(90), z.number().min(-90).max(90)]).optional(),
    }),
  }),
  z.object({
    command: z.literal('setInitial'),
    parameters: z.strictObject({ sensor: SensorCode, value: z.array(z.number()).min(1).max(3).optional() }),
  }),
  z.object({ command: z.literal('getcmdversion'), parameters: nothing }),
]);
export type DeviceOrder = z.infer<typeof DeviceOrder>;

/**
 * queued: not yet on its way (the device sleeps). sent: on its way or unanswered. succeeded, failed: the device answered so.
 * expired: it never answered. cancelled: withdrawn by a person or replaced by a newer order.
 */
export const commandStates = ['queued', 'sent', 'succeeded', 'failed', 'expired', 'cancelled'] as const;
export const CommandState = z.enum(commandStates);
export type CommandState = z.infer<typeof CommandState>;

/** What a device said of a command. `values`: what else stood in the answer (`state`, `datastreams`…), cut at 2,000 characters each. */
export const CommandAnswer = z.object({ at: IsoTime, ok: z.boolean(), values: z.record(z.string(), z.string()) });
export type CommandAnswer = z.infer<typeof CommandAnswer>;

/** Why a command is in its state; for machines and people (`shown` by the dashboard's texts). */
export const commandReasons = [
  'waits-for-device',
  'waits-for-answer',
  'answered',
  'no-answer',
  'never-connected',
  'cancelled-by-person',
  'replaced',
  'not-registered',
] as const;
export const CommandReason = z.enum(commandReasons);
export type CommandReason = z.infer<typeof CommandReason>;

/** One command with its history: who, when, tries, answer, why. */
export const DeviceCommand = z.object({
  /** Number the device echoes; never used twice. */
  msgid: z.string(),
  deviceId: DeviceId,
  hazardPoint: UnifiedCode,
  divisionCode: z.string(),
  command: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  state: CommandState,
  reason: CommandReason,
  /** User name, or `densify`: sent by the policy because a warning rose or fell. */
  by: z.string(),
  text: z.string().optional(),
  /** Warning that made the policy send it. */
  warning: z.string().optional(),
  createdAt: IsoTime,
  expiresAt: IsoTime,
  /** When it was put on the wire, newest last; at most the last twenty. */
  tries: z.array(IsoTime),
  tryCount: z.number().int(),
  /** When an unanswered command is sent again; null: when the device connects. */
  nextTryAt: IsoTime.nullable(),
  endedAt: IsoTime.nullable(),
  answer: CommandAnswer.nullable(),
  version: z.number().int(),
});
export type DeviceCommand = z.infer<typeof DeviceCommand>;

/** `POST /devices/{id}/commands`. */
export const DeviceCommandCreate = z.intersection(
  DeviceOrder,
  z.object({
    /** Seconds until it is given up; absent: three upload intervals of the device, at least ten minutes. */
    expiresIn: z.number().int().min(10).max(2_592_000).optional(),
    /** Why it is sent, for the history. */
    text: z.string().max(200).optional(),
  }),
);

/** An answer of a device to a command, or its own question (`reqtime` at boot), as a codec reads it. */
export interface DeviceReply {
  deviceId: string;
  /** Undefined in a ThingsBoard answer, which names only the number. */
  command: string | undefined;
  /** '' when the device sent none. */
  msgid: string;
  /** Undefined: the text said neither `succ` nor `fail`. */
  ok: boolean | undefined;
  values: Record<string, string>;
  /** Which of its languages the device spoke. */
  form: 'national' | 'rpc';
}

/** What writing a command needs to know besides the command. */
export interface CommandWriting {
  /** What the device counts intervals in. */
  intervalUnit: 'minute' | 'second';
  /** `YYYY-MM-DD HH:mm:ss` on the device's own clock rule. */
  civilTime: string;
  /** Text in GB 2312; undefined when a character is not in it. Handed in: a codec knows no tables. */
  gb2312: (text: string) => Uint8Array | undefined;
}
/** Parameters as the wire has them, in their order; `bytes` for a value that is no ASCII text. */
export type WireParameters = { key: string; value: string; bytes?: Uint8Array }[];

/** Writes commands in the languages devices listen in. */
export interface CommandCodec {
  /** The parameters of an order, or what can't be said on this wire. */
  parameters(order: DeviceOrder, writing: CommandWriting): { parameters: WireParameters } | { fault: string };
  /** `$cmd=<name>&k=v…&msgid=…` */
  national(name: string, parameters: WireParameters, msgid: string): Uint8Array;
  /** `{"method":…,"params":{…}}`; the number is in the topic. */
  rpc(name: string, parameters: WireParameters): Uint8Array;
  /** Answer to a device that asked for the time at boot; its own number comes back. */
  time(civilTime: string, msgid: string): Uint8Array;
}

/** Which upload interval a device was told, and since when. Silence, lateness and the KPIs follow it. */
export const DeviceInterval = z.object({
  deviceId: DeviceId,
  /** Wall clock. */
  validFrom: IsoTime,
  seconds: z.number().int(),
  /** `densified` and `returned`: by the policy, because a warning rose or fell. The usual interval is the last of the other two. */
  cause: z.enum(['registered', 'command', 'densified', 'returned']),
  msgid: z.string().nullable(),
});
export type DeviceInterval = z.infer<typeof DeviceInterval>;

/** How a county uses the downlink (`/settings`, `downlink`). */
export const DownlinkSettings = z.strictObject({
  /** What devices count intervals in on the wire. The field's platforms label them minutes; a device that reads seconds would report 60 times as often. */
  intervalUnit: z.enum(['minute', 'second']),
  /** How devices of a point with a risen level are made denser; `off`: by people only. */
  densify: z.enum(['off', 'interval', 'work-mode']),
  /** The lowest level that does. */
  densifyFrom: WarningLevel,
  /** Sampling while dense, seconds. Shorter empties batteries within days; longer and a failure in its last minutes has no curve. */
  plusInterval: z.number().int().min(10).max(3600),
  /** Samples an upload holds at each level (the field's firmwares: 1, 2, 4, 6). */
  samplesPerUpload: z.strictObject({
    red: z.number().int().min(1).max(60),
    orange: z.number().int().min(1).max(60),
    yellow: z.number().int().min(1).max(60),
    blue: z.number().int().min(1).max(60),
  }),
  /** Seconds the level must have fallen before devices return. Shorter: each wavering of the level costs two commands; longer: batteries. */
  returnAfter: z.number().int().min(0).max(604_800),
});
export type DownlinkSettings = z.infer<typeof DownlinkSettings>;
export const defaultDownlink: DownlinkSettings = {
  intervalUnit: 'minute',
  densify: 'interval',
  densifyFrom: 'blue',
  plusInterval: 60,
  samplesPerUpload: { red: 1, orange: 2, yellow: 4, blue: 6 },
  returnAfter: 3600,
};
