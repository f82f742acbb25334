import { SECOND } from '#libs/contracts';
import type { DeviceLink } from './device-link.js';
import type { LiveSensor } from './scenario.js';

/**
 * A device that measures in real time as often as it was told last: it uploads one sample each interval of its firmware, and at once when
 * a command asks for it.
 */
export async function runLive(link: DeviceLink, sensor: LiveSensor, began: number, now: () => number, signal: AbortSignal): Promise<void> {
  let wake: () => void = () => undefined;
  let wanted = false;
  link.onSample(() => {
    wanted = true;
    wake();
  });
  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  let last = -Infinity;
  while (!signal.aborted) {
    const interval = (link.firmware.interval ?? sensor.interval) * SECOND;
    const wait = last + interval - now();
    if (wait > 0 && !wanted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      continue;
    }
    wanted = false;
    last = now();
    const value = sensor.value((last - began) / SECOND);
    await link.send({ device: link.deviceId, at: last, form: 'timed', samples: [{ sensor: sensor.sensor, time: last, value }] });
  }
  signal.removeEventListener('abort', stop);
}
