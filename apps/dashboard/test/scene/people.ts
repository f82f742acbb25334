import type { CalloutReport, DefenceResponse, DeliveryView, ResponseLevel, TaskView } from '#libs/contracts';
import { iso } from './clock.js';
import { points } from './county.js';

const people = ['王**', '张**', '李**', '赵**', '刘**', '陈**', '杨**', '周**'];
export function deliveries(): DeliveryView[] {
  const statuses: DeliveryView['status'][] = [
    'delivered',
    'delivered',
    'delivered',
    'accepted',
    'delivered',
    'failed_perm',
    'delivered',
    'manual_task',
  ];
  return people.map((recipient, i) => {
    const status = statuses[i]!;
    return {
      id: `d${i}`,
      recipient,
      // The one whose number is dead is the silent household of the report.
      ...(status === 'failed_perm' ? { recipientId: 'household:h2:householder' } : {}),
      role: i === 0 ? 'responsible' : i === 1 ? 'monitor' : 'household',
      address: `138****${String(1234 + i * 77)}`,
      channel: 'sms',
      scope: 'public',
      status,
      ack: i < 3 ? 'safe' : i === 4 ? 'help' : 'none',
      provider: 'alicloud',
      outId: `w1x${i}`,
      text: '【望山县自然资源局】演练：普雷昂佐滑坡红色预警，请立即沿村道向东撤离至村小学。收到请回复1。',
      parts: 1,
      attempts: 1,
      error: status === 'failed_perm' ? { class: 'RECIPIENT_PERM', code: 'MOBILE_NUMBER_ILLEGAL', message: '号码不存在' } : null,
      times: {
        created: iso(60_000),
        sending: iso(59_000),
        accepted: iso(58_000),
        delivered: status === 'delivered' ? iso(51_000) : null,
        failed: status === 'failed_perm' ? iso(50_000) : null,
      },
    };
  });
}

/** A call-out of two households: one has answered, one is silent. */
export function report(): CalloutReport {
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
    ackAt: ack === 'ack' ? iso(4e4) : null,
    ackBy: ack === 'ack' ? { via: 'sms' as const, by: id } : null,
    state: ack === 'ack' ? ('ack' as const) : ('reached' as const),
    reachedAt: iso(8e4),
    elapsedSeconds: 50,
    deliveries: [],
    tasks: [],
  });
  const counts = { total: 2, reached: 2, acknowledged: 1, help: 0, safe: 0, visited: 0, silent: 1 };
  const callout = { id: 'c1', scope: 'public' as const, releaseVersion: 1, level: 'red' as const, kind: 'warning' as const };
  const nextStep = { step: 'tell-village' as const, at: iso(-6e4) };
  const course = { startedAt: iso(9e4), knockAfterSeconds: 300, endedAt: null, endReason: null, nextStep };
  const point = points[0]!;
  return {
    warning: {
      id: 'w-slope',
      hazardPoint: point.unifiedCode,
      pointName: point.name,
      level: 'red',
      exercise: false,
      openedAt: iso(2e5),
    },
    at: iso(0),
    callouts: [{ ...callout, ...course, steps: [], counts, parties: [party('h1', '王**', 'ack'), party('h2', '张**', 'none')] }],
    replies: [],
  };
}

/** A task of the response plan, as a duty officer sees it. */
export const task = (id: string, warningId: string, hazardPoint: string, zh: string, state: TaskView['state']): TaskView => ({
  id,
  warningId,
  hazardPoint,
  state,
  kind: 'response',
  divisionCode: '513221',
  exercise: false,
  level: 'red',
  title: { zh, en: zh },
  owner: { role: 'village' },
  createdAt: iso(36e5),
  dueAt: iso(state === 'overdue' ? 6e5 : -6e5),
  ...(state === 'overdue' ? { overdueAt: iso(6e5) } : {}),
  steps: [],
  version: 1,
  pointName: '新磨村后山滑坡',
  legal: state === 'to-dispatch' ? ['dispatch', 'start'] : ['dispatch', 'start', 'report'],
});

/** A response in force at a point, as a signer has just started it. */
export function response(hazardPoint: string, level: ResponseLevel, authority = '县指挥部', reason = '滑坡加速'): DefenceResponse {
  const step = { at: iso(0), by: 'duty', authority, what: 'start' as const, level, reason };
  return { id: 'r1', divisionCode: '513221', hazardPoint, level, state: 'in-force', steps: [step], version: 1 };
}
