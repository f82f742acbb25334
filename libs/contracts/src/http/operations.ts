import type { z } from 'zod';
import { calloutOperations } from './callout-operations.js';
import { cardOperations } from './card-operations.js';
import { deviceCommandOperations } from './device-command-operations.js';
import { deviceLifeOperations } from './device-life-operations.js';
import { gapOperations } from './gap-operations.js';
import { maintenanceOperations } from './maintenance-operations.js';
import { exportOperations } from './export-operations.js';
import type { Operation } from './operation.js';
import { registryOperations } from './registry-operations.js';
import { responseOperations } from './response-operations.js';
import { ruleOperations } from './rule-operations.js';
import { sessionOperations } from './session-operations.js';
import { silenceOperations } from './silence-operations.js';
import { systemOperations } from './system-operations.js';
import { taskOperations } from './task-operations.js';
import { warningKpiOperations } from './warning-kpi-operations.js';
import { warningOperations } from './warning-operations.js';

/** The HTTP surface under `/api/v1`, as one table. */
export const operations = {
  ...sessionOperations,
  ...registryOperations,
  ...deviceLifeOperations,
  ...deviceCommandOperations,
  ...exportOperations,
  ...gapOperations,
  ...maintenanceOperations,
  ...warningOperations,
  ...calloutOperations,
  ...silenceOperations,
  ...taskOperations,
  ...responseOperations,
  ...warningKpiOperations,
  ...cardOperations,
  ...ruleOperations,
  ...systemOperations,
} as const;
export type Operations = typeof operations;
export type OperationId = keyof Operations;

export const operationIds = Object.keys(operations) as OperationId[];
/** The row of the table, with the parts a row may leave out typed as optional. */
export const operation = (id: OperationId): Operation => operations[id];

type Part<Id extends OperationId, K extends string> = Operations[Id] extends Record<K, infer S extends z.ZodType> ? S : undefined;
/** `'/warnings/{id}/{action}'` → `{ id: string; action: string }`. */
export type PathParams<P extends string> = P extends `${string}{${infer K}}${infer Rest}`
  ? { [N in K]: string } & PathParams<Rest>
  : unknown;
export type ParamsOf<Id extends OperationId> = PathParams<Operations[Id]['path']>;
/** Query and body after validation, as a handler sees them. */
export type QueryOf<Id extends OperationId> = Part<Id, 'query'> extends z.ZodType ? z.output<Part<Id, 'query'>> : undefined;
export type BodyOf<Id extends OperationId> = Part<Id, 'body'> extends z.ZodType ? z.output<Part<Id, 'body'>> : undefined;
/** Query and body as a client gives them. */
export type QueryInput<Id extends OperationId> = Part<Id, 'query'> extends z.ZodType ? z.input<Part<Id, 'query'>> : undefined;
export type BodyInput<Id extends OperationId> = Part<Id, 'body'> extends z.ZodType ? z.input<Part<Id, 'body'>> : undefined;
export type AnswerOf<Id extends OperationId> = Part<Id, 'response'> extends z.ZodType ? z.output<Part<Id, 'response'>> : undefined;
