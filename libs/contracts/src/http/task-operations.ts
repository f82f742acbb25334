import { z } from 'zod';
import { PageQuery, pageOf } from '../page.js';
import { TaskActionBody, TaskKind, TaskState, TaskView } from '../warning/task.js';
import type { Operation } from './operation.js';

/** `state` may name several, joined by commas. */
const StateFilter = z.string().refine((text) => text.split(',').every((word) => TaskState.safeParse(word).success), {
  message: `state: one or several of ${TaskState.options.join(', ')}`,
});

export const taskOperations = {
  listTasks: {
    method: 'GET',
    path: '/tasks',
    tag: 'tasks',
    summary: {
      zh: '任务：响应任务、现场核查、敲门、回电',
      en: 'What somebody has to do: steps of a response plan, inspections, doors to knock on, calls to return; newest first',
    },
    access: 'any',
    query: PageQuery.extend({
      warning: z.string().optional(),
      hazardPoint: z.string().optional(),
      kind: TaskKind.optional(),
      state: StateFilter.optional(),
    }),
    response: pageOf(TaskView),
  },
  getTask: {
    method: 'GET',
    path: '/tasks/{id}',
    tag: 'tasks',
    summary: { zh: '任务', en: 'One task with its history and what may be done with it now' },
    access: 'any',
    response: TaskView,
  },
  actOnTask: {
    method: 'POST',
    path: '/tasks/{id}/{action}',
    tag: 'tasks',
    summary: {
      zh: '办理任务：dispatch 派发、start 开始、assist 技术协查、report 反馈、return 退回、close 关闭、visited 已见面、refused 拒绝撤离、failed 未找到',
      en: 'dispatch, start, assist, report, return or close a task; visited, refused or failed end a visit',
    },
    access: ['duty', 'signer', 'expert'],
    body: TaskActionBody,
    response: TaskView,
  },
} as const satisfies Record<string, Operation>;
