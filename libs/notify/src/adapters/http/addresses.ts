import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks that are not the public internet: loopback, private, link-local (cloud metadata lives there), carrier NAT, multicast, reserved. */
const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(network, prefix, 'ipv6');

/** Whether an IP address is one of the public internet. */
export const isPublicAddress = (address: string): boolean =>
  isIP(address) !== 0 && !inside.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

export class InsideAddress extends Error {
  readonly code = 'private-address';
}

/**
 * Name look-up that answers public addresses only. It is asked when the connection is made, so that a name which changes its mind after a check
 * (DNS rebinding) is still caught.
 */
export const publicLookup: LookupFunction = (hostname, options: LookupOptions, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, found: LookupAddress[]) => {
    const open = found?.filter(({ address }) => isPublicAddress(address)) ?? [];
    const [first] = open;
    if (error) callback(error, '');
    else if (!first) callback(new InsideAddress(`${hostname} is an address inside`), '');
    else if (options.all) callback(null, open);
    else callback(null, first.address, first.family);
  });
};
