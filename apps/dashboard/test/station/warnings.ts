import type { ResponseLevel, TaskView, WarningView } from '#libs/contracts';
import * as scene from '../scene/index.js';
import { page, param, type Route } from './routes.js';
import type { Script } from './script.js';

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

/** Warnings, what became of their messages, the tasks and responses they lead to. */
export function serveWarnings(route: Route, script: Script): void {
  route('listWarnings', (request) => {
    const states = typeof request.query['state'] === 'string' ? request.query['state'].split(',') : null;
    return page([...script.warnings.values()].filter((one) => !states || states.includes(one.state)).map(withLegal));
  });
  route('getWarning', (request) => {
    const one = script.warnings.get(param(request, 'id'));
    return one && withLegal(one);
  });
  route('getWarningDeliveries', (request) =>
    page(script.warnings.get(param(request, 'id'))?.release.public === 'published' ? scene.deliveries() : []),
  );
  route('actOnWarning', (request) => {
    const id = param(request, 'id');
    const action = param(request, 'action');
    const old = script.warnings.get(id);
    if (!old) return undefined;
    const body = request.body as Record<string, unknown>;
    script.acts.push({ id, action, body, key: request.header('idempotency-key') });
    const timeline = [
      ...old.timeline,
      scene.entry(`a${script.acts.length}`, 0, old.level, {
        kind: 'action',
        action: action as 'acknowledge',
        actor: scene.user.displayName,
        reasons: [],
        evidence: [],
      }),
    ];
    const closing = action === 'close' ? { state: 'closed' as const, disposal: { type: Number(body['disposal']) } } : {};
    const next: WarningView = { ...old, ...closing, acknowledged: true, version: old.version + 1, timeline };
    script.tell('warning.state', next);
    return withLegal(next);
  });
  route('listTasks', (request) => {
    const { warning, kind } = request.query;
    const wanted = (task: TaskView): boolean => (warning ?? task.warningId) === task.warningId && (kind ?? task.kind) === task.kind;
    return page([...script.tasks.values()].filter(wanted));
  });
  route('actOnTask', (request) => {
    const task = script.tasks.get(param(request, 'id'));
    const action = param(request, 'action') as 'start';
    if (!task) return undefined;
    script.acts.push({ id: task.id, action, body: request.body as Record<string, unknown>, key: request.header('idempotency-key') });
    const { note } = request.body as { note?: string };
    const to = action === 'start' ? ('checking' as const) : ('reported' as const);
    const steps = [...task.steps, { at: scene.iso(0), by: 'duty', what: action, to, ...(note ? { note } : {}) }];
    const next: TaskView = { ...task, state: to, steps, version: task.version + 1, legal: to === 'checking' ? ['report'] : ['close'] };
    script.tasks.set(task.id, next);
    script.event('task.changed', { ...next, legal: [] });
    return next;
  });
  route('getWarningReport', () => scene.report());
  route('listResponses', () => page([...script.responses.values()].filter(({ state }) => state === 'in-force')));
  route('startResponse', (request) => {
    const { hazardPoint, level, authority, reason } = request.body as Record<'hazardPoint' | 'authority' | 'reason', string> & {
      level: ResponseLevel;
    };
    const started = scene.response(hazardPoint, level, authority, reason);
    script.responses.set(started.id, started);
    return started;
  });
}
