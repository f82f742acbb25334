import { PointUpdate, WallEventMessage, WallFrameMessage, WallSnapshot } from '#libs/contracts';
import type { FrameValue, WarningView } from '#libs/contracts';
import { defineStore } from 'pinia';
import { io, type Socket } from 'socket.io-client';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import { ApiError, call, pulse } from '../station/api.js';
import { clockOffset, linkState, shouldProbe, type Link, type LinkState } from './link.js';
import { applyEvent, applySnapshot, emptyPicture, hear, isOpen, putWarning, type Picture } from './picture.js';

/** Values of one frame, handed to charts in an animation frame. */
export type FrameListener = (values: readonly FrameValue[]) => void;

export interface PointWatcher {
  /** The station has begun to send updates: what was before is to be asked for now. Again after each reconnection. */
  begin: () => void;
  update: (update: PointUpdate) => void;
}

/** A station that has not answered by then did not hear us, and is asked again. */
const answerMs = 5_000;
/** Actions are asked for again this long after the last change of a warning, so that a burst of changes asks once. */
const settleMs = 120;
/** Pause before asking a station that refused us again: soon enough for a restart, seldom enough for a hundred walls. */
const knockMs = 2_000;

/** Every part of a picture is watched: one that is not would change unseen. */
function watched(picture: Picture): Picture {
  const parts = Object.entries(picture).map(([name, part]) => [name, part instanceof Map ? shallowReactive(part) : part]);
  return shallowReactive(Object.fromEntries(parts) as Picture);
}

/** The live picture: one socket to `/wall`, everything on screen reads from here. */
export const useLive = defineStore('live', () => {
  const picture = watched(emptyPicture());
  const link: Link = { connected: false, heardAt: performance.now(), probing: false };
  const state = ref<LinkState>('connecting');
  /** Station's clock, epoch ms, ticking each second. */
  const now = ref(Date.now());
  /** Station's time of the newest thing received: what a broken link still shows. */
  const shownAt = ref<number | null>(null);
  /** Why the picture may lack something although the link stands; null while nothing is known to be missing. */
  const trouble = shallowRef<unknown>(null);
  const listeners = new Set<FrameListener>();
  const watchers = new Map<PointWatcher, string>();
  const offsets: number[] = [];
  const paintedNotKept = new Set<string>();
  const settling = new Map<string, ReturnType<typeof setTimeout>>();
  let pending: FrameValue[] = [];
  let everConnected = false;
  let socket: Socket | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;
  let knocking: ReturnType<typeof setTimeout> | undefined;

  const openWarnings = computed<WarningView[]>(() => [...picture.warnings.values()].filter(isOpen));

  function heard(at?: number): void {
    link.heardAt = performance.now();
    if (at === undefined) return;
    shownAt.value = at;
    offsets.push(at - Date.now());
    if (offsets.length > 20) offsets.shift();
  }

  function onSnapshot(message: unknown): void {
    const snapshot = WallSnapshot.safeParse(message);
    if (!snapshot.success) return fail('snapshot', snapshot.error.issues[0]?.path.join('.'));
    trouble.value = null;
    heard(snapshot.data.at);
    applySnapshot(picture, snapshot.data);
    onValues(snapshot.data.values);
    void loadWarnings();
    if (snapshot.data.devices.length === 0) void loadDevices();
  }

  function onEvent(message: unknown): void {
    const event = WallEventMessage.safeParse(message);
    if (!event.success) return fail('event', event.error.issues[0]?.path.join('.'));
    heard(event.data.at);
    const applied = applyEvent(picture, event.data);
    if (applied.kind === 'unreadable') fail('event', event.data.type);
    if (applied.kind === 'applied' && applied.warning !== undefined) settle(applied.warning);
  }

  function onFrame(message: unknown): void {
    const frame = WallFrameMessage.safeParse(message);
    if (!frame.success) return fail('frame', frame.error.issues[0]?.path.join('.'));
    heard(frame.data.at);
    hear(picture, frame.data.values, frame.data.at);
    onValues(frame.data.values);
  }

  function onPoint(message: unknown): void {
    const update = PointUpdate.safeParse(message);
    if (!update.success) return fail('point', update.error.issues[0]?.path.join('.'));
    heard();
    for (const [watcher, code] of watchers) if (code === update.data.state.hazardPoint) watcher.update(update.data);
  }
  function askToWatch(watcher: PointWatcher, hazardPoint: string): void {
    socket?.timeout(answerMs).emit('watch', { hazardPoint }, (late: Error | null) => {
      if (watchers.get(watcher) !== hazardPoint) return;
      if (late === null) watcher.begin();
      else if (link.connected) askToWatch(watcher, hazardPoint);
    });
  }
  /** Follows the indicators of one point until the returned function is called. */
  function watchPoint(hazardPoint: string, watcher: PointWatcher): () => void {
    watchers.set(watcher, hazardPoint);
    if (link.connected) askToWatch(watcher, hazardPoint);
    return () => {
      watchers.delete(watcher);
      if (![...watchers.values()].includes(hazardPoint)) socket?.emit('unwatch', { hazardPoint });
    };
  }

  /** A message is on the screen: this display is its receipt. Said again, and after each reconnection, until the station has kept it or wants it no more. */
  function painted(delivery: string): void {
    paintedNotKept.add(delivery);
    socket?.timeout(answerMs).emit('shown', { delivery }, (late: Error | null, answer?: { ok: boolean; code?: string }) => {
      if (late === null && answer?.code !== 'not-ready') paintedNotKept.delete(delivery);
      else if (link.connected) setTimeout(() => painted(delivery), knockMs);
    });
  }

  /** Collected here, drawn once an animation frame however many frames arrived. */
  function onValues(values: readonly FrameValue[]): void {
    if (values.length === 0 || listeners.size === 0) return;
    if (pending.length === 0) requestAnimationFrame(flush);
    pending = pending.concat(values);
  }
  function flush(): void {
    const values = pending;
    pending = [];
    for (const listener of listeners) listener(values);
  }

  /** What cannot be read is said, not dropped in silence: page and station are of different versions. */
  function fail(what: string, where: string | undefined): void {
    trouble.value = new ApiError(200, 'unexpected-answer', `/wall ${what}: ${where ?? ''}`);
  }

  /** The event form of a warning knows no asking user: fetch what this user may do with it. */
  function settle(id: string): void {
    clearTimeout(settling.get(id));
    settling.set(
      id,
      setTimeout(() => {
        settling.delete(id);
        void refresh(id);
      }, settleMs),
    );
  }
  async function refresh(id: string): Promise<void> {
    await attempt(async () => void putWarning(picture, await call('getWarning', { params: { id } })));
  }
  async function loadWarnings(): Promise<void> {
    await attempt(async () => {
      const open = await call('listWarnings', { query: { state: 'candidate,confirmed', limit: 500 } });
      for (const warning of open.items) putWarning(picture, warning);
    });
  }
  async function loadDevices(): Promise<void> {
    await attempt(async () => {
      for (const device of (await call('listDevices', { query: { limit: 1000 } })).items) picture.devices.set(device.deviceId, device);
    });
  }
  /** The picture stays as it is when a refresh fails; the reason is shown above the page. What is refused (4xx) is nothing this user lacks. */
  async function attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      if (!refused && link.connected) trouble.value = error;
    }
  }

  async function probe(): Promise<void> {
    link.probing = true;
    try {
      await pulse(2_000);
      heard();
    } catch {
      // No sign of life: the clock of the link says so by itself.
    } finally {
      link.probing = false;
    }
  }

  function tick(): void {
    const at = performance.now();
    now.value = Date.now() + clockOffset(offsets);
    state.value = linkState(link, everConnected, at);
    if (shouldProbe(link, at)) void probe();
  }

  /** socket.io reconnects by itself only when the transport broke, not when the station closed or refused the wall. */
  function knockAgain(): void {
    clearTimeout(knocking);
    knocking = setTimeout(() => socket?.connect(), knockMs);
  }

  function connect(): void {
    if (socket) return;
    link.heardAt = performance.now();
    socket = io('/wall', {
      auth: (give) => give(picture.seq > 0 ? { offset: picture.seq } : {}),
      reconnectionDelayMax: 3_000,
    });
    socket.on('connect', () => {
      link.connected = true;
      everConnected = true;
      heard();
      for (const [watcher, code] of watchers) askToWatch(watcher, code);
      for (const delivery of paintedNotKept) painted(delivery);
    });
    socket.on('disconnect', (reason) => {
      link.connected = false;
      if (reason === 'io server disconnect') knockAgain();
    });
    socket.on('connect_error', () => {
      // Refused, not unreachable: if the session has ended, the answer leads to sign-in; otherwise knock again.
      if (socket?.active) return;
      void loadDevices();
      knockAgain();
    });
    // The transport may be up while the wall refuses us: then its pings say nothing about the picture.
    socket.io.on('ping', () => {
      if (link.connected) heard();
    });
    socket.on('snapshot', onSnapshot);
    socket.on('event', onEvent);
    socket.on('frame', onFrame);
    socket.on('point', onPoint);
    timer = setInterval(tick, 1_000);
    tick();
  }

  function disconnect(): void {
    socket?.disconnect();
    socket = undefined;
    everConnected = false;
    link.connected = false;
    clearInterval(timer);
    clearTimeout(knocking);
    for (const waiting of settling.values()) clearTimeout(waiting);
    settling.clear();
    applySnapshot(picture, { seq: 0, at: 0, points: [], channels: [], devices: [], warnings: [], values: [], alarms: [], messages: [] });
    picture.messages.clear();
    paintedNotKept.clear();
    picture.deliveries.clear();
    picture.consultations.clear();
    picture.tasks.clear();
    picture.responses.clear();
    trouble.value = null;
  }

  /** Calls back with new values, at most once an animation frame, until the returned function is called. */
  function onFrameValues(listener: FrameListener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    picture,
    state,
    now,
    shownAt,
    trouble,
    openWarnings,
    connect,
    disconnect,
    onFrameValues,
    watchPoint,
    painted,
    refresh,
    putWarning: (w: WarningView) => putWarning(picture, w),
  };
});
