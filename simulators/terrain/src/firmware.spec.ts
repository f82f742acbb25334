import { describe, expect, it } from 'vitest';
import { Firmware } from './firmware.js';

const made = (uploadInterval: number | undefined = 3600) => new Firmware({ uploadInterval, plusInterval: 120 });

describe('the firmware of a simulated device', () => {
  it('obeys an interval, samples at once when it gets denser, and drops a number it has heard', () => {
    const firmware = made();
    const command = '$cmd=setsensortime&sample_intv=1&upload_intv=2&plus_intv=1&msgid=7';
    expect(firmware.hear(command)).toEqual({ answer: '$cmd=setsensortime&result=succ&msgid=7', sample: true });
    expect(firmware.interval).toBe(120);
    expect(firmware.hear(command)).toEqual({ answer: '$cmd=setsensortime&result=succ&msgid=7', sample: false });
    expect(firmware.hear('$cmd=setsensortime&upload_intv=60&msgid=8')).toMatchObject({ sample: false });
    expect(firmware.interval).toBe(3600);
  });

  it('reports at the plus interval in emergency mode, and as before afterwards', () => {
    const firmware = made();
    expect(firmware.hear('$cmd=setworkmode&mode=2&msgid=1')).toMatchObject({ sample: true });
    expect(firmware.interval).toBe(120);
    expect(firmware.hear('$cmd=getworkmode&msgid=2')?.answer).toContain('mode=2');
    firmware.hear('$cmd=setworkmode&mode=0&msgid=3');
    expect(firmware.interval).toBe(3600);
  });

  it('refuses what it can not do', () => {
    for (const command of ['setsensortime&upload_intv=0', 'setworkmode&mode=9', 'setInitial&monitor=L1_LF_1'])
      expect(made().hear(`$cmd=${command}&msgid=4`)?.answer).toContain('result=fail');
    const record = new Firmware({ uploadInterval: undefined, plusInterval: 60 });
    expect(record.hear('$cmd=setsensortime&upload_intv=1&msgid=4')?.answer).toContain('result=fail');
    expect(record.interval).toBeUndefined();
  });

  it('answers no answer, and nothing that is no command', () => {
    expect(made().hear('$cmd=reqtime&result=succ&time=2026-11-21 12:00:00&msgid=1')).toBeUndefined();
    expect(made().hear('hello')).toBeUndefined();
    expect(made().hear('$cmd=getstatus&msgid=5')?.answer).toBe(
      '$cmd=getstatus&result=succ&state={"ext_power_volt":12.6,"upload_intv":3600}&msgid=5',
    );
  });
});
