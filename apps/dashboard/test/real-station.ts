import type { ApiClient } from '../../../libs/testing/src/api-client.js';
import type { County } from '../../../libs/testing/src/county.js';
import type { OutboxWatch } from '../../../libs/testing/src/outbox-watch.js';

/** What a page test touches of a station. */
export interface RealStation {
  url: string;
  api: ApiClient;
  county: County;
  outbox: OutboxWatch;
  errors: string[];
  device(
    deviceId: string,
    secret: string,
  ): Promise<{ publish(topic: string, payload: string): Promise<void>; disconnect(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Named by a variable: the station's sources are written for Node and are type-checked there, not among the browser's types. */
const testing: string = '#libs/testing';

/** The whole station as tests have it, serving the pages of the last build. @param title names its database */
export async function realStation(title: string): Promise<RealStation> {
  const { testStation } = (await import(testing)) as { testStation: (title: string) => Promise<RealStation> };
  return testStation(title);
}
