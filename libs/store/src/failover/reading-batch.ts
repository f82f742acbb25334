import { deserialize, serialize } from 'node:v8';
import type { QuarantinedPayload, StoredReading } from '#libs/contracts';
import type { ReadingBatch } from '#libs/ingest';

/** A batch as the journal keeps it: columns, texts once, and any double and any text as they are (JSON would lose NaN and -0). */
interface Columns {
  texts: string[];
  devices: Uint32Array;
  points: Uint32Array;
  channels: Uint32Array;
  qualities: Uint32Array;
  times: Float64Array;
  values: Float64Array;
  received: Float64Array;
  seqs: Float64Array;
  quarantine: readonly QuarantinedPayload[];
}

/** Flags of one reading as one text; no flag holds a comma. */
const flags = (quality: StoredReading['quality']): string => quality.join(',');

/** Bytes of a batch for the journal. */
export function packBatch({ readings, quarantine }: ReadingBatch): Uint8Array {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const columns: Columns = {
    devices: Uint32Array.from(readings, ({ deviceId }) => numberOf(deviceId)),
    points: Uint32Array.from(readings, ({ hazardPoint }) => numberOf(hazardPoint)),
    channels: Uint32Array.from(readings, ({ channel }) => numberOf(channel)),
    qualities: Uint32Array.from(readings, ({ quality }) => numberOf(flags(quality))),
    times: Float64Array.from(readings, ({ time }) => time),
    values: Float64Array.from(readings, ({ value }) => value),
    received: Float64Array.from(readings, ({ receivedAt }) => receivedAt),
    seqs: Float64Array.from(readings, ({ seq }) => seq),
    texts: [...numbers.keys()],
    quarantine,
  };
  return serialize(columns);
}

/** The batch `packBatch` was given. @throws when the bytes are not one */
export function unpackBatch(bytes: Uint8Array): ReadingBatch {
  const columns = deserialize(bytes) as Columns;
  const text = (numbers: Uint32Array, i: number): string => columns.texts[numbers[i] ?? -1] ?? '';
  const readings = Array.from(columns.seqs, (seq, i): StoredReading => {
    const quality = text(columns.qualities, i);
    return {
      deviceId: text(columns.devices, i),
      hazardPoint: text(columns.points, i),
      channel: text(columns.channels, i),
      time: columns.times[i] ?? NaN,
      value: columns.values[i] ?? NaN,
      quality: (quality === '' ? [] : quality.split(',')) as StoredReading['quality'],
      receivedAt: columns.received[i] ?? NaN,
      seq,
    };
  });
  return { readings, quarantine: columns.quarantine };
}
