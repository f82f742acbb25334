import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import {
  operation,
  sessionHintCookie,
  Settings,
  type CalloutReport,
  type DefenceResponse,
  type FrameValue,
  type OperationId,
  type PointUpdate,
  type TaskView,
  type WallEventType,
  type WarningView,
} from '#libs/contracts';
import express, { type Request, type Response } from 'express';
import helmet from 'helmet';
import { Server } from 'socket.io';
import * as scene from './scenario.js';

/** A call-out of two households: one has answered, one is silent. */
function report(): CalloutReport {
  const party = (id: string, name: string, ack: 'ack' | 'none') => ({
    id,
    subject: `household:${id}`,
    kind: 'household' as const,
    name,
    address: '新磨村***',
    memberCount: 3,
    shelter: '新磨村小学操场',
    phones: ['138****1230'],
    ack,
    ackAt: ack === 'ack' ? scene.iso(4e4) : null,
    ackBy: ack === 'ack' ? { via: 'sms' as const, by: id } : null,
    state: ack === 'ack' ? ('ack' as const) : ('reached' as const),
    reachedAt: scene.iso(8e4),
    elapsedSeconds: 50,
    deliveries: [],
    tasks: [],
  });
  const counts = { total: 2, reached: 2, acknowledged: 1, help: 0, safe: 0, visited: 0, silent: 1 };
  const callout = { id: 'c1', scope: 'public' as const, releaseVersion: 1, level: 'red' as const, kind: 'warning' as const };
  const nextStep = { step: 'tell-village' as const, at: scene.iso(-6e4) };
  const course = { startedAt: scene.iso(9e4), knockAfterSeconds: 300, endedAt: null, endReason: null, nextStep };
  const point = scene.points[0]!;
  return {
    warning: {
      id: 'w-slope',
      hazardPoint: point.unifiedCode,
      pointName: point.name,
      level: 'red',
      exercise: false,
      openedAt: scene.iso(2e5),
    },
    at: scene.iso(0),
    callouts: [{ ...callout, ...course, steps: [], counts, parties: [party('h1', '王**', 'ack'), party('h2', '张**', 'none')] }],
    replies: [],
  };
}

/** The policy the station serves its pages with; one violation fails the page test. */
export const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  styleSrc: ["'self'", "'unsafe-inline'"],
  workerSrc: ["'self'"],
  connectSrc: ["'self'", 'ws:', 'wss:'],
  objectSrc: ["'none'"],
  frameAncestors: ["'none'"],
};

export interface ScriptedStation {
  origin: string;
  /** Actions the page has asked for, in order. */
  acts: { id: string; action: string; body: Record<string, unknown>; key: string | undefined }[];
  warnings: Map<string, WarningView>;
  tasks: Map<string, TaskView>;
  /** Puts a warning in place and tells the wall. */
  tell(type: WallEventType, warning: WarningView): void;
  event(type: WallEventType, payload: unknown): void;
  /** How far the recorded failure has come, 0…1; moves the point's state and values. */
  progress(value: number): void;
  frame(values: FrameValue[]): void;
  /** New samples of indicators, as those who look at the point are sent them. */
  point(update: PointUpdate): void;
  /** Cuts every socket and answers nothing until `back()`. */
  away(): void;
  back(): void;
  stop(): Promise<void>;
}

const signedIn = (request: Pick<Request, 'headers'>): boolean => /(^|;\s*)wangshan=ok/.test(request.headers.cookie ?? '');

const problem = (response: Response, status: number, code: string, detail: string): void =>
  void response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', status, code, detail }));

const page = <T>(items: T[]): { items: T[]; nextCursor: null } => ({ items, nextCursor: null });

const param = (request: Request, name: string): string => String(request.params[name]);

/** Actions of a duty officer who is also a signer. */
function withLegal(warning: WarningView): WarningView {
  if (warning.state === 'closed') return { ...warning, legal: [] };
  if (warning.state === 'expired') return { ...warning, legal: warning.disposal ? [] : [{ action: 'dispose' }] };
  const legal: WarningView['legal'] = [];
  if (!warning.acknowledged) legal.push({ action: 'acknowledge' });
  if (warning.state === 'candidate') legal.push({ action: 'confirm' });
  if (warning.release.public === 'none') legal.push({ action: 'propose', scope: 'public' }, { action: 'publish', scope: 'public' });
  else legal.push({ action: 'adjust', scope: 'public' }, { action: 'all-clear', scope: 'public' });
  legal.push({ action: 'close' });
  return { ...warning, legal };
}

/** A station of the contract's shapes with a script instead of stages: every answer passes the shared schemas, so it can't drift. */
export async function scriptedStation(pages: string): Promise<ScriptedStation> {
  const app = express();
  const server = createServer(app);
  const io = new Server(server, { perMessageDeflate: false, pingInterval: 2_000, pingTimeout: 3_000 });
  const warnings = new Map<string, WarningView>();
  const acts: ScriptedStation['acts'] = [];
  const tasks = new Map<string, TaskView>();
  const responses = new Map<string, DefenceResponse>();
  let seq = 40;
  let progress = 0.35;
  let silent = false;
  const chat = scene.consultation(scene.warning('w-x', '5132210100012', 'orange')).chat;

  app.use((_, response, next) => (silent ? response.destroy() : next()));
  app.use(helmet({ contentSecurityPolicy: { directives: contentSecurityPolicy, useDefaults: false }, strictTransportSecurity: false }));
  app.use(express.json());
  app.get('/healthz', (_, response) => void response.json({ status: 'ok' }));

  /** Answers with the contract's own schema in between: a wrong shape here fails the test, not the page. */
  function route(id: OperationId, answer: (request: Request) => unknown): void {
    const { method, path, response: schema, status } = operation(id);
    const handle = (request: Request, response: Response): void => {
      if (id !== 'createSession' && !signedIn(request)) return problem(response, 401, 'unauthenticated', 'no session');
      const body = answer(request);
      if (body === undefined && schema !== null) return problem(response, 404, 'not-found', 'no such thing');
      if (id === 'createSession' && !(body as { user?: unknown }).user)
        return problem(response, 401, 'wrong-credentials', 'wrong user name or password');
      if (id === 'createSession')
        response.setHeader('set-cookie', [
          'wangshan=ok; HttpOnly; SameSite=Strict; Path=/',
          `${sessionHintCookie}=1; SameSite=Strict; Path=/`,
        ]);
      if (schema === null) return void response.status(204).end();
      response.status(status ?? 200).json(schema.parse(body));
    };
    const url = `/api/v1${path.replace(/\{(\w+)\}/g, ':$1')}`;
    if (method === 'GET') app.get(url, handle);
    else if (method === 'POST') app.post(url, handle);
    else if (method === 'PUT') app.put(url, handle);
    else if (method === 'PATCH') app.patch(url, handle);
    else app.delete(url, handle);
  }

  const record = () => ({ ...scene.consultation(warnings.get('w-slope') ?? scene.warning('w-slope', '5132210100012', 'orange')), chat });

  route('createSession', (request) => {
    const { username, password } = request.body as { username?: string; password?: string };
    return username === 'duty' && password === 'mountain-watch' ? { token: 't', expiresAt: scene.iso(-36e5), user: scene.user } : {};
  });
  route('getSession', () => ({ expiresAt: scene.iso(-36e5), user: scene.user }));
  route('deleteSession', () => null);
  route('listHazardPoints', () => page(scene.points));
  route('getHazardPoint', (request) => scene.points.find((one) => one.unifiedCode === param(request, 'unifiedCode')));
  route('getHazardPointState', (request) => scene.stateOf(param(request, 'unifiedCode'), progress));
  route('listHazardPointIndicators', (request) => page(scene.series(param(request, 'unifiedCode'), progress)));
  route('listDevices', () => page(scene.devices));
  route('listDeviceProfiles', () =>
    page([
      { id: 'gnss', title: 'GNSS 位移监测站', sensors: [] },
      { id: 'crack-meter', title: '裂缝计', sensors: [] },
      { id: 'rain-gauge', title: '雨量计', sensors: [] },
    ]),
  );
  route('createDevice', (request) => ({
    deviceId: (request.body as { deviceId: string }).deviceId,
    secret: 'b7Qm2xV9-ws_41TtGkYz8RnEfHaLcDo0',
  }));
  route('getDeviceReadings', (request) => {
    const channel = scene.channels.find((one) => one.deviceId === param(request, 'id') && one.channel === request.query['channel']);
    if (!channel) return undefined;
    const drill = scene.points.find((one) => one.unifiedCode === channel.hazardPoint)?.drill;
    const count = 700;
    const begin = drill ? Date.parse(drill.eventStart) : scene.bootAt - 7 * 864e5;
    const step = drill ? (14 * 864e5 * progress) / count : (7 * 864e5) / count;
    const readings = Array.from({ length: count }, (_, i) => ({
      time: new Date(begin + i * step).toISOString(),
      value: scene.valueAt(channel.index, i, (i / count) * (drill ? progress : 1)),
      quality: [],
    }));
    return { channel: channel.channel, unit: channel.unit, resolution: '1h', readings, nextCursor: null };
  });
  route('listWarnings', (request) => {
    const states = typeof request.query['state'] === 'string' ? request.query['state'].split(',') : null;
    return page([...warnings.values()].filter((one) => !states || states.includes(one.state)).map(withLegal));
  });
  route('getWarning', (request) => {
    const one = warnings.get(param(request, 'id'));
    return one && withLegal(one);
  });
  route('getWarningDeliveries', (request) =>
    page(warnings.get(param(request, 'id'))?.release.public === 'published' ? scene.deliveries() : []),
  );
  route('actOnWarning', (request) => {
    const id = param(request, 'id');
    const action = param(request, 'action');
    const old = warnings.get(id);
    if (!old) return undefined;
    const body = request.body as Record<string, unknown>;
    acts.push({ id, action, body, key: request.header('idempotency-key') });
    const timeline = [
      ...old.timeline,
      scene.entry(`a${acts.length}`, 0, old.level, {
        kind: 'action',
        action: action as 'acknowledge',
        actor: scene.user.displayName,
        reasons: [],
        evidence: [],
      }),
    ];
    const closing = action === 'close' ? { state: 'closed' as const, disposal: { type: Number(body['disposal']) } } : {};
    const next: WarningView = { ...old, ...closing, acknowledged: true, version: old.version + 1, timeline };
    tell('warning.state', next);
    return withLegal(next);
  });
  route('listTasks', (request) => page([...tasks.values()].filter(({ warningId }) => warningId === request.query['warning'])));
  route('actOnTask', (request) => {
    const task = tasks.get(param(request, 'id'));
    const action = param(request, 'action') as 'start';
    if (!task) return undefined;
    acts.push({ id: task.id, action, body: request.body as Record<string, unknown>, key: request.header('idempotency-key') });
    const { note } = request.body as { note?: string };
    const to = action === 'start' ? ('checking' as const) : ('reported' as const);
    const steps = [...task.steps, { at: scene.iso(0), by: 'duty', what: action, to, ...(note ? { note } : {}) }];
    const next: TaskView = { ...task, state: to, steps, version: task.version + 1, legal: to === 'checking' ? ['report'] : ['close'] };
    tasks.set(task.id, next);
    event('task.changed', { ...next, legal: [] });
    return next;
  });
  route('getWarningReport', () => report());
  route('listResponses', () => page([...responses.values()].filter(({ state }) => state === 'in-force')));
  route('startResponse', (request) => {
    const { level, authority, reason, hazardPoint } = request.body as Pick<DefenceResponse, 'level' | 'hazardPoint'> & {
      authority: string;
      reason: string;
    };
    const step = { at: scene.iso(0), by: 'duty', authority, what: 'start' as const, level, reason };
    const started: DefenceResponse = { id: 'r1', divisionCode: '513221', hazardPoint, level, state: 'in-force', steps: [step], version: 1 };
    responses.set(started.id, started);
    return started;
  });
  route('listConsultations', (request) =>
    page(warnings.has('w-slope') && (request.query['warning'] ?? 'w-slope') === 'w-slope' ? [record()] : []),
  );
  route('getConsultation', () => record());
  route('addOpinion', () => record());
  route('decideConsultation', () => record());
  route('signConsultation', () => record());
  const stored = { version: 1, createdAt: scene.iso(864e5), updatedAt: scene.iso(36e5) };
  route('listHouseholdCards', () =>
    page(
      ['王**', '张**', '李**', '赵**', '刘**'].map((householder, i) => ({
        ...stored,
        id: `h${i}`,
        number: `${scene.points[i % 3]!.unifiedCode}-H00${i + 1}`,
        state: (['signed', 'issued', 'stale', 'draft', 'withdrawn'] as const)[i]!,
        ...(i === 2 ? { stale: ['phone', 'evacuationRoute'] } : {}),
        hazardPoint: scene.points[i % 3]!.unifiedCode,
        householder,
        phone: `138****12${30 + i}`,
        address: `新磨村二组 ${12 + i} 号`,
        memberCount: 2 + i,
        evacuationRoute: '沿村道向东，过便桥至村小学',
        shelter: '新磨村小学操场',
        members: [],
      })),
    ),
  );
  route('listWorkCards', () =>
    page([
      {
        ...stored,
        id: 'k1',
        number: `${scene.points[1]!.unifiedCode}-W001`,
        state: 'signed',
        hazardPoint: scene.points[1]!.unifiedCode,
        responsible: { name: '周**', phone: '139****8801' },
        monitor: { name: '杨**', phone: '137****4520' },
        evacuationRoute: '沿村道向东',
        shelter: '新磨村小学',
        signal: '连续急促铜锣声',
      },
    ]),
  );
  route('createHouseholdCard', (request) => ({ ...(request.body as object), ...stored, id: 'h9', state: 'draft', members: [] }));
  route('createWorkCard', (request) => ({ ...(request.body as object), ...stored, id: 'k9', state: 'draft' }));
  route('getSettings', () => ({
    version: 3,
    updatedBy: 'admin',
    settings: Settings.parse({
      countyName: '望山县',
      divisionCode: '513221',
      smsSign: '望山县自然资源局',
      release: { red: 'immediate', orange: 'auto-after:600', yellow: 'manual', blue: 'manual' },
      dutyRoster: [{ name: '李文', phone: '13800138000' }],
    }),
  }));
  route('listQuarantine', () =>
    page(
      (['unreadable-frame', 'unknown-code', 'clock-ahead', 'foreign-device'] as const).map((reason, i) => ({
        id: `q${i}`,
        deviceId: scene.devices[i + 2]!.deviceId,
        topic: '$dp',
        reason,
        detail: [
          'frame says 412 bytes, packet has 398',
          'sensor code L9_XX_1 is in no profile',
          'device time is 3 days ahead',
          'id 17165899 is not a child of 17165802',
        ][i]!,
        payload: '',
        receivedAt: scene.iso(i * 47e4),
      })),
    ),
  );
  route('listAudit', () =>
    page(
      ['session.created', 'device.created', 'warning.acknowledged', 'settings.changed', 'warning.published'].map((action, i) => ({
        seq: i + 1,
        id: `a${i}`,
        at: scene.iso((6 - i) * 31e4),
        actor: i % 2 === 0 ? 'duty' : 'admin',
        action,
        object: i < 2 ? 'device:17165802' : 'warning:w-slope',
        detail: { scope: 'public', version: i },
        previous: '0'.repeat(64),
        hash: `${i}9f3c2ab017de44c1b8f0`.repeat(3),
      })),
    ),
  );
  route('verifyAudit', () => ({ ok: true, records: 5, brokenAt: null }));

  app.use(express.static(pages));
  app.use((request, response, next) =>
    request.method === 'GET' && request.accepts('html') ? response.sendFile('index.html', { root: pages }) : next(),
  );

  const wall = io.of('/wall');
  wall.use((socket, next) => next(signedIn(socket.handshake) && !silent ? undefined : new Error('unauthenticated')));
  wall.on('connection', (socket) => {
    socket.on('watch', (_: unknown, ack?: (answer: unknown) => void) => ack?.({ ok: true }));
    socket.emit('snapshot', {
      seq,
      at: Date.now(),
      points: scene.points.map((one) => {
        const open = [...warnings.values()].find((warning) => warning.hazardPoint === one.unifiedCode && warning.state !== 'closed');
        return {
          ...one,
          level: scene.levels[one.unifiedCode],
          state: open?.state ?? null,
          warning: open?.id ?? null,
          exercise: one.drill !== undefined,
          freshness: 'fresh',
          lastReadingAt: scene.iso(1000),
        };
      }),
      channels: scene.channels,
      devices: scene.devices,
      warnings: [...warnings.values()].filter((one) => one.state !== 'closed'),
      values: [],
      alarms: [],
    });
  });
  const rooms = io.of('/consult');
  rooms.on('connection', (socket) => {
    socket.on('join', (_: unknown, ack?: (answer: unknown) => void) => ack?.({ ok: true, consultation: record() }));
    socket.on('chat', ({ text }: { text: string }, ack?: (answer: unknown) => void) => {
      const message = { id: `m${chat.length + 1}`, by: scene.user.displayName, at: scene.iso(), text };
      chat.push(message);
      rooms.emit('chat', { ...message, consultation: 'c1' });
      ack?.({ ok: true, message });
    });
  });

  function event(type: WallEventType, payload: unknown): void {
    seq += 1;
    wall.emit('event', { seq, type, at: Date.now(), payload });
  }
  function tell(type: WallEventType, warning: WarningView): void {
    warnings.set(warning.id, warning);
    scene.levels[warning.hazardPoint] = warning.level;
    event(type, warning);
    event('point.level', scene.stateOf(warning.hazardPoint, progress));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acts,
    warnings,
    tasks,
    tell,
    event,
    progress: (value) => void (progress = value),
    point: (update) => void wall.emit('point', update),
    frame: (values) => void wall.emit('frame', { at: Date.now(), values }),
    away: () => {
      silent = true;
      wall.disconnectSockets(true);
      rooms.disconnectSockets(true);
    },
    back: () => void (silent = false),
    stop: async () => {
      await io.close();
    },
  };
}
