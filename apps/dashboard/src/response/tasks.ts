import { insideDivision, type DefenceResponse, type TaskView } from '#libs/contracts';

/** Work of the response plan and inspections; doors and calls belong to the call-out. */
export const ofThePlan = ({ kind }: Pick<TaskView, 'kind'>): boolean => kind === 'response' || kind === 'inspect';

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
