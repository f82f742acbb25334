/**
 * Flags of Node.js for the station (docs/adr/0023-young-generation.md, 0033-what-a-puback-waits-for.md); `npm run station` has them in package.json,
 * because they can't be set once the process runs.
 */
export const stationFlags = [
  // A smaller young generation (Node's 16 MB) copies every reading that waits for its commit to the old one: a third of all CPU time at full load.
  // A larger one only takes memory.
  '--max-semi-space-size=64',
  // Objects the engine takes for long-lived would be made in the old generation at once; those of a reading are dead a moment later.
  '--no-allocation-site-pretenuring',
  // A full collection when the heap has doubled, not when it has grown by a tenth: each holds up PUBACKs for a tenth of a second. More: memory.
  '--heap-growing-percent=100',
  // Helpers of a collection want processors the database and the devices' packets need just then, and the station waits for the last of them.
  '--no-parallel-scavenge',
];
