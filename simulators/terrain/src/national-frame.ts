/** Value of one sensor: a number, or fields by name. */
export type SensorValue = number | Record<string, number | string>;

/** Device id → sensor code → value (type 1) or → ISO time → value (type 2). */
export type UntimedContent = Record<string, Record<string, SensorValue>>;
export type TimedContent = Record<string, Record<string, Record<string, SensorValue>>>;

/**
 * A national frame as a device sends it on `$dp` (DZ/T 0450-2023 App A): type byte, uint16 BE length, JSON.
 * Type 1 carries no device time, type 2 any number of times a sensor.
 */
export function nationalFrame(type: 1, content: UntimedContent): Buffer;
export function nationalFrame(type: 2, content: TimedContent): Buffer;
export function nationalFrame(type: 1 | 2, content: UntimedContent | TimedContent): Buffer {
  const json = Buffer.from(JSON.stringify(content), 'utf8');
  if (json.length > 0xffff)
    throw new RangeError(`a national frame holds at most 65535 bytes of JSON, this is ${json.length}: send fewer times at once`);
  const header = Buffer.alloc(3);
  header.writeUInt8(type, 0);
  header.writeUInt16BE(json.length, 1);
  return Buffer.concat([header, json]);
}
