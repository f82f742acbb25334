import { createRequire } from 'node:module';
import type dysms from '@alicloud/dysmsapi20170525';
import type core from '@alicloud/openapi-core';
import type dara from '@darabonba/typescript';

/**
 * The vendor's packages are CommonJS with a `default` inside: to an ES module their default import is the whole of `module.exports`.
 * Loading them by `require` gives that same object to Node, to the tests and to the build.
 */
const require = createRequire(import.meta.url);

/** Loaded only where a driver is configured: an SDK costs a second of start and tens of megabytes. */
export const loadCore = () => ({
  core: require('@alicloud/openapi-core') as typeof core,
  dara: require('@darabonba/typescript') as typeof dara,
});
export const loadSms = () => ({ ...loadCore(), dysms: require('@alicloud/dysmsapi20170525') as typeof dysms });

export type Dysms = InstanceType<typeof dysms.default>;
export type GenericClient = InstanceType<typeof core.default>;

/** Account and address of the vendor. */
export interface AlicloudAccount {
  /** Host, or host:port of the gateway simulator. */
  endpoint: string;
  protocol: 'HTTP' | 'HTTPS';
  accessKeyId: string;
  accessKeySecret: string;
}
/** The vendor's only region for both services. */
export const REGION = 'cn-hangzhou';

/**
 * Connect and read alike: the SDK's default total is 3 s, and its connect timeout also fires after the request has arrived. Shorter turns slow
 * answers into questions; longer would outlive the worker's own limit and its lease.
 */
export const TIMEOUT_MS = 5_000;
