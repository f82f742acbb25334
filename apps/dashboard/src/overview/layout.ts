/** A point of the situation map in lon/lat degrees (WGS84) and how strongly it asks for its label. */
export interface Place {
  id: string;
  longitude: number;
  latitude: number;
  label: string;
  rank: number;
  /** Half the width of its mark in drawing units: nothing is written over it. */
  radius: number;
}
export interface Placed {
  id: string;
  x: number;
  y: number;
  /** Where the label stands, or null where it would lie over another. */
  label: { x: number; y: number; anchor: 'start' | 'end' | 'middle' } | null;
}
export interface Tick {
  at: number;
  text: string;
}
export interface Layout {
  places: Placed[];
  meridians: Tick[];
  parallels: Tick[];
  /** Length of the scale bar in drawing units, and the kilometres it stands for. */
  scale: { length: number; kilometres: number };
}

const earthKmPerDegree = 111.32;
const lineHeight = 17;
/** Room around the points: at the sides for the degrees written there, above and below for a mark and its name. */
const sidePad = 72;
const topPad = 50;

/** Width of a label in drawing units at 13 px: a Chinese character is as wide as high, a Latin one about half. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += /[\u2e80-\uffff]/.test(char) ? 13 : 7.2;
  return width;
}

/**
 * Fits points into a drawing of the given size, true to scale (equirectangular at their mean latitude), and places
 * labels greedily, strongest first, each at the first of four sides where it hides nothing.
 */
export function layout(points: readonly Place[], width: number, height: number): Layout {
  const lons = points.map((point) => point.longitude);
  const lats = points.map((point) => point.latitude);
  const [west, east] = spread(lons);
  const [south, north] = spread(lats);
  const middleLat = (south + north) / 2;
  const middleLon = (west + east) / 2;
  const squeeze = Math.cos((middleLat * Math.PI) / 180);
  const perDegree = Math.min(room(width, sidePad) / ((east - west) * squeeze), room(height, topPad) / (north - south));
  const x = (lon: number): number => width / 2 + (lon - middleLon) * squeeze * perDegree;
  const y = (lat: number): number => height / 2 - (lat - middleLat) * perDegree;

  const spots = points.map((point) => ({ point, x: x(point.longitude), y: y(point.latitude) }));
  const taken = spots.map(({ x: at, y: over, point: { radius } }) => ({
    left: at - radius,
    right: at + radius,
    top: over - radius,
    bottom: over + radius,
  }));
  const labels = new Map<string, Placed['label']>();
  for (const spot of [...spots].toSorted((a, b) => b.point.rank - a.point.rank)) {
    const size = textWidth(spot.point.label);
    const away = spot.point.radius + 4;
    const sides = [
      { x: spot.x + away, y: spot.y + 5, anchor: 'start' as const, left: spot.x + away },
      { x: spot.x - away, y: spot.y + 5, anchor: 'end' as const, left: spot.x - away - size },
      { x: spot.x, y: spot.y - away - 1, anchor: 'middle' as const, left: spot.x - size / 2 },
      { x: spot.x, y: spot.y + away + 13, anchor: 'middle' as const, left: spot.x - size / 2 },
    ];
    const free = sides.find((side) => {
      const box = { left: side.left, right: side.left + size, top: side.y - lineHeight + 4, bottom: side.y + 4 };
      const inside = box.left >= 4 && box.right <= width - 4 && box.top >= 4 && box.bottom <= height - 4;
      return (
        inside &&
        taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom)
      );
    });
    labels.set(spot.point.id, free ? { x: free.x, y: free.y, anchor: free.anchor } : null);
    if (free) taken.push({ left: free.left, right: free.left + size, top: free.y - lineHeight + 4, bottom: free.y + 4 });
  }

  const step = niceStep((width / perDegree / squeeze) * 0.22);
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step));
  const lonSpan = width / 2 / perDegree / squeeze;
  const latSpan = height / 2 / perDegree;
  const kilometres = niceStep(((width * 0.16) / perDegree) * earthKmPerDegree);
  return {
    places: spots.map((spot) => ({ id: spot.point.id, x: spot.x, y: spot.y, label: labels.get(spot.point.id) ?? null })),
    meridians: multiples(middleLon - lonSpan, middleLon + lonSpan, step).map((lon) => ({ at: x(lon), text: `${lon.toFixed(digits)}°E` })),
    parallels: multiples(middleLat - latSpan, middleLat + latSpan, step).map((lat) => ({ at: y(lat), text: `${lat.toFixed(digits)}°N` })),
    scale: { length: (kilometres / earthKmPerDegree) * perDegree, kilometres },
  };
}

/** 1, 2 or 5 times a power of ten, at most `about`. */
export function niceStep(about: number): number {
  const power = 10 ** Math.floor(Math.log10(about));
  const lead = about / power;
  return (lead >= 5 ? 5 : lead >= 2 ? 2 : 1) * power;
}

/** What the points may fill: a drawing too small for its margins gives up these, not the points. */
const room = (whole: number, pad: number): number => Math.max(whole - 2 * pad, whole / 3);

/** Least extent is 0.04° (≈ 4 km), so that one point alone is not drawn at street scale. */
function spread(values: readonly number[]): [number, number] {
  const low = values.length === 0 ? 0 : Math.min(...values);
  const high = values.length === 0 ? 0 : Math.max(...values);
  const missing = Math.max(0, 0.04 - (high - low)) / 2;
  return [low - missing, high + missing];
}

function multiples(from: number, to: number, step: number): number[] {
  const list: number[] = [];
  for (let n = Math.ceil(from / step); n * step <= to; n += 1) list.push(n * step);
  return list;
}
