/** WGS84 (CGCS2000 differs by less than 0.2 mm at the surface): semi-major axis in metres, flattening. */
const A = 6_378_137;
const F = 1 / 298.257_223_563;
const E2 = F * (2 - F);
const RADIANS = Math.PI / 180;

/** Degrees; metres above the ellipsoid. */
export interface Geodetic {
  latitude: number;
  longitude: number;
  height: number;
}

/** Metres from an origin, along its own east, north and up. */
export interface Local {
  east: number;
  north: number;
  up: number;
}

/** Earth-centred earth-fixed coordinates, metres. */
export function toEcef({ latitude, longitude, height }: Geodetic): [x: number, y: number, z: number] {
  const sinLat = Math.sin(latitude * RADIANS);
  const cosLat = Math.cos(latitude * RADIANS);
  const n = A / Math.sqrt(1 - E2 * sinLat * sinLat);
  return [
    (n + height) * cosLat * Math.cos(longitude * RADIANS),
    (n + height) * cosLat * Math.sin(longitude * RADIANS),
    (n * (1 - E2) + height) * sinLat,
  ];
}

/** Where a position lies as seen from an origin. Exact for any distance; a displacement of millimetres comes out to a nanometre. */
export function toLocal(origin: Geodetic, position: Geodetic): Local {
  const [x0, y0, z0] = toEcef(origin);
  const [x1, y1, z1] = toEcef(position);
  const [dx, dy, dz] = [x1 - x0, y1 - y0, z1 - z0];
  const sinLat = Math.sin(origin.latitude * RADIANS);
  const cosLat = Math.cos(origin.latitude * RADIANS);
  const sinLon = Math.sin(origin.longitude * RADIANS);
  const cosLon = Math.cos(origin.longitude * RADIANS);
  return {
    east: -sinLon * dx + cosLon * dy,
    north: -sinLat * cosLon * dx - sinLat * sinLon * dy + cosLat * dz,
    up: cosLat * cosLon * dx + cosLat * sinLon * dy + sinLat * dz,
  };
}
