import { insideDivision, type DefenceResponse, type TaskAction, type TaskView } from '#libs/contracts';

/** A task and what a user is about to do with it. */
export interface Acting {
  task: TaskView;
  action: TaskAction;
}

/** Work of the response plan, inspections, numbers to correct; doors and calls are shown with the call-out. */
export const besideCallout = ({ kind }: Pick<TaskView, 'kind'>): boolean => kind !== 'door' && kind !== 'call-back';

/**
 * Where somebody stands whom a task is about: `householder`, `member`, `monitor`, `chain` of a card (i18n `tasks.place`), or which one of the
 * roster, from 1. '' for nobody.
 */
export function placeOf(recipient = ''): { place: string; n?: number } {
  const [kind, first = '', ...rest] = recipient.split(':');
  if (kind === 'duty') return { place: 'duty', n: Number(first) + 1 };
  return { place: (rest.at(-1) ?? '').replace(/-\d+$/, '') };
}

const rank: Readonly<Record<TaskView['state'], number>> = {
  overdue: 0,
  'to-dispatch': 1,
  'to-check': 2,
  checking: 3,
  assist: 4,
  reported: 5,
  closed: 6,
};

/** What needs somebody first: overdue, then what nobody has, then by deadline. */
export const inOrder = (tasks: readonly TaskView[]): TaskView[] =>
  tasks.toSorted((a, b) => rank[a.state] - rank[b.state] || a.dueAt.localeCompare(b.dueAt) || a.id.localeCompare(b.id));

/** Of each task the newer of what was asked for and what the wall told; an event knows no asking user, so actions known for that version stay. */
export function newest(asked: readonly TaskView[], told: ReadonlyMap<string, TaskView>): TaskView[] {
  return asked.map((task) => {
    const event = told.get(task.id);
    return event && event.version > task.version ? { ...event, legal: [] } : task;
  });
}

/** The response in force for a point: its own before its division's, the nearest division first. */
export function responseOf(
  responses: readonly DefenceResponse[],
  { hazardPoint, divisionCode }: { hazardPoint: string; divisionCode: string },
): DefenceResponse | undefined {
  const standing = responses.filter(({ state }) => state === 'in-force');
  const own = standing.find((one) => one.hazardPoint === hazardPoint);
  const wider = standing.filter((one) => one.hazardPoint === undefined && insideDivision(divisionCode, one.divisionCode));
  return own ?? wider.toSorted((a, b) => b.divisionCode.length - a.divisionCode.length)[0];
}

/** Ⅰ–Ⅳ as they are written. */
export const roman: Readonly<Record<DefenceResponse['level'], string>> = { I: 'Ⅰ', II: 'Ⅱ', III: 'Ⅲ', IV: 'Ⅳ' };
