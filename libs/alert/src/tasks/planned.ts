import type { PlanLevels, Task, WarningLevel, WarningRecord } from '#libs/contracts';
import { MINUTE } from '#libs/contracts';
import type { Hash } from '../step/effects.js';
import { makeTask } from './task.js';

/** Minutes until somebody who was asked to look has looked. Shorter than the way up the slope: always overdue. Longer: nobody looked before dark. */
const INSPECT_MINUTES: Readonly<Record<WarningLevel, number>> = { red: 30, orange: 60, yellow: 120, blue: 240 };

/** The tasks a level asks for by the point's plan. Ids follow from warning, level and step: making them twice makes them once. */
export const plannedTasks = (plan: PlanLevels, level: WarningLevel, warning: WarningRecord, now: number, hash: Hash): Task[] =>
  plan[level].map(({ key, title, owner, withinMinutes }) =>
    makeTask(
      { id: hash(warning.id, 'task', level, key), kind: 'response', title, owner, within: withinMinutes * MINUTE },
      { ...warning, level },
      now,
    ),
  );

/** Somebody has to go and look: a candidate stands on too few instruments. */
export const inspectionTask = (level: WarningLevel, warning: WarningRecord, now: number, hash: Hash): Task =>
  makeTask(
    {
      id: hash(warning.id, 'task', 'inspect', level),
      kind: 'inspect',
      title: { zh: '现场核查：候选预警待佐证', en: 'Look at the slope: a candidate awaits corroboration' },
      owner: { role: 'monitor' },
      within: INSPECT_MINUTES[level] * MINUTE,
    },
    { ...warning, level },
    now,
  );
