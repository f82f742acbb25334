import { createRequire } from 'node:module';
import type dysms from '@alicloud/dysmsapi20170525';
import type core from '@alicloud/openapi-core';
import type dara from '@darabonba/typescript';

/**
 * The vendor's packages are CommonJS with a `default` inside: to an ES module their default import is the whole of `module.exports`.
 * Loading them by `require` gives that same object to Node, to the tests and to the build.
 */
const require = createRequire(import.meta.url);

/** Loaded only where a driver is configured: the SDK costs a second of start and tens of megabytes. */
export function loadSdk() {
  return {
    dysms: require('@alicloud/dysmsapi20170525') as typeof dysms,
    core: require('@alicloud/openapi-core') as typeof core,
    dara: require('@darabonba/typescript') as typeof dara,
  };
}

export type Dysms = InstanceType<typeof dysms.default>;
