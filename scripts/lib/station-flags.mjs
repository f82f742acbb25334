/**
 * Flags of Node.js for the station (docs/adr/0023-young-generation.md); `npm run station` has them in package.json, because they can't be
 * set once the process runs. A smaller young generation (Node's 16 MB) copies every reading that waits for its commit to the old one:
 * a third of all CPU time at full load. A larger one only takes memory.
 */
export const stationFlags = ['--max-semi-space-size=64'];
