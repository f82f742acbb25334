import {
  insideDivision,
  Problem,
  type IndicatorSeries,
  type PointState,
  type PointUpdate,
  type RegistryView,
  type User,
} from '#libs/contracts';
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { answer } from './ask.js';

const Watch = z.object({ hazardPoint: z.string().min(1).max(64) });
const TAKES = 'watch and unwatch take {"hazardPoint": "<unified code>"}';

export interface PointRoomSources {
  registry: Pick<RegistryView, 'point'>;
  /** Curves of a point's indicators, from an event time (ms) on. */
  series: (hazardPoint: string, since?: number) => IndicatorSeries[];
}

/**
 * Those who look at one point: `watch {hazardPoint}` and `unwatch {hazardPoint}`, acknowledged with `{ok}`. They are sent `point`, its
 * state and every sample since the message before; a client asks for the curves (GET …/indicators) after the acknowledgement and misses none.
 */
export class PointRooms {
  #namespace: Namespace | undefined;
  /** Event time of the newest sample of each series already sent, by watched point. */
  readonly #sent = new Map<string, Map<string, number>>();

  constructor(private readonly sources: PointRoomSources) {}

  attach(namespace: Namespace): void {
    this.#namespace = namespace;
  }

  serve(socket: Socket, user: User): void {
    socket.on('watch', (message: unknown, ack?: unknown) => void answer(ack, TAKES, () => this.#watch(socket, user, message)));
    socket.on(
      'unwatch',
      (message: unknown, ack?: unknown) => void answer(ack, TAKES, () => void socket.leave(room(Watch.parse(message).hazardPoint))),
    );
  }

  /** Whether somebody looks at the point. */
  watches(hazardPoint: string): boolean {
    if (!this.#sent.has(hazardPoint)) return false;
    if (this.#namespace?.adapter.rooms.get(room(hazardPoint))?.size) return true;
    this.#sent.delete(hazardPoint);
    return false;
  }

  /** The point was judged: whoever watches it sees it. */
  tell(state: PointState): void {
    const { hazardPoint } = state;
    const sent = this.watches(hazardPoint) ? this.#sent.get(hazardPoint) : undefined;
    if (!sent || !this.#namespace) return;
    const from = Math.min(...sent.values());
    const series = this.sources.series(hazardPoint, Number.isFinite(from) ? from : undefined).flatMap((one) => {
      const { id, deviceId = '', channel = '' } = one;
      const key = keyOf(one);
      // The newest sample is sent again: a late reading may have corrected it.
      const samples = one.samples.filter(([time]) => time >= (sent.get(key) ?? -Infinity));
      const newest = samples.at(-1);
      if (newest) sent.set(key, newest[0]);
      return newest ? [{ id, deviceId, channel, samples }] : [];
    });
    const update: PointUpdate = { state, series };
    this.#namespace.to(room(hazardPoint)).emit('point', update);
  }

  #watch(socket: Socket, user: User, message: unknown): void {
    const { hazardPoint } = Watch.parse(message);
    const point = this.sources.registry.point(hazardPoint);
    if (!insideDivision(point?.divisionCode, user.scope))
      throw new Problem('not-found', `There is no hazard point ${hazardPoint} in your area`);
    if (!this.#sent.has(hazardPoint)) {
      const newest = this.sources.series(hazardPoint).map((one) => [keyOf(one), one.samples.at(-1)?.[0] ?? -Infinity] as const);
      this.#sent.set(hazardPoint, new Map(newest));
    }
    void socket.join(room(hazardPoint));
  }
}

const room = (hazardPoint: string): string => `point:${hazardPoint}`;
const keyOf = ({ id, deviceId, channel }: IndicatorSeries): string => `${id}|${deviceId ?? ''}|${channel ?? ''}`;
