import { accuracyOf, type DeviceCatalogue } from '#libs/contracts';
import type { PointSetup } from '#libs/evaluate';
import { loadCatalogue } from '#libs/platform';

let catalogue: DeviceCatalogue | undefined;

/**
 * What the instrument catalogue says of an instrument's noise, for filters whose rulebook names none. Read once a thread: a worker judges by it too.
 * @param profileOf profile of a device; without it (a history from a file) the first instrument with such a sensor counts
 */
export const instrumentAccuracy =
  (profileOf: (deviceId: string) => string | undefined = () => undefined): NonNullable<PointSetup['accuracy']> =>
  (deviceId, channel) =>
    accuracyOf((catalogue ??= loadCatalogue()), profileOf(deviceId), channel);
