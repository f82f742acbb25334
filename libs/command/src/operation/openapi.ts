import {
  apiPrefix,
  Consultation,
  DeliveryView,
  DeviceView,
  HazardPoint,
  HouseholdCardView,
  operation,
  operationIds,
  PointState,
  problemCodes,
  roles,
  sessionCookie,
  User,
  WarningView,
  WorkCardView,
  type Operation,
} from '#libs/contracts';
import { z } from 'zod';

/** Schemas with a name of their own in the document; everything else is written where it is used. */
const named = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  HazardPoint,
  DeviceView,
  PointState,
  WarningView,
  DeliveryView,
  Consultation,
  WorkCardView,
  HouseholdCardView,
  User,
}))
  named.add(schema, { id });

type Json = { [key: string]: unknown };

/** The OpenAPI 3.1 document, made from the table of operations. @param version of the product */
export function openApiDocument(version: string): Json {
  const schemas: Json = { Problem: problemSchema };
  const paths: Record<string, Json> = { ...rootPaths };
  for (const id of operationIds) {
    const it = operation(id);
    paths[it.path] = { ...paths[it.path], [it.method.toLowerCase()]: describe(id, it, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '望山 Wangshan',
      version,
      description:
        '地质灾害与矿山实时监测预警 · Real-time monitoring and early warning for geohazards and mines. Errors are application/problem+json with a `code`; lists page with `limit` and `cursor`; actions take an `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: apiPrefix }],
    security: [{ bearer: [] }, { cookie: [] }],
    tags: [...new Set(operationIds.map((id) => operation(id).tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: sessionCookie },
      },
      schemas,
    },
  };
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problemCodes) },
    detail: { type: 'string' },
    instance: { type: 'string' },
  },
};

/** Without the prefix `/api/v1`. */
const rootPaths: Record<string, Json> = Object.fromEntries(
  [
    ['/healthz', '存活', 'Liveness', 'application/json'],
    ['/readyz', '就绪', 'Readiness by stage; 503 only when readings can’t be accepted and judged', 'application/json'],
    ['/metrics', '指标', 'Metrics in Prometheus text format', 'text/plain'],
  ].map(([path = '', zh, en, type = '']) => [
    path,
    {
      servers: [{ url: '/' }],
      get: {
        operationId: path.slice(1),
        tags: ['system'],
        summary: `${zh} · ${en}`,
        security: [],
        responses: { 200: { description: 'OK', content: { [type]: { schema: {} } } } },
      },
    },
  ]),
);

function describe(id: string, it: Operation, schemas: Json): Json {
  const names = [...it.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  const path = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const key = { name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 128 } };
  const status = it.status ?? (it.response === null ? 204 : 200);
  const allowed = it.access === 'public' || it.access === 'any' ? it.access : ['admin', ...it.access].join(', ');
  return {
    operationId: id,
    tags: [it.tag],
    summary: `${it.summary.zh} · ${it.summary.en}`,
    description: `Roles: ${allowed}.`,
    ...(it.access === 'public' ? { security: [] } : {}),
    'x-roles': it.access === 'any' ? roles : it.access === 'public' ? [] : ['admin', ...it.access],
    parameters: [...path, ...queryParameters(it), ...(it.method === 'POST' && it.access !== 'public' ? [key] : [])],
    ...(it.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(it.body, 'input', schemas) } } } }
      : {}),
    responses: {
      [status]:
        it.response === null
          ? { description: 'Done' }
          : it.file
            ? {
                description: 'The file',
                content: Object.fromEntries(it.file.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
              }
            : { description: 'OK', content: { 'application/json': { schema: jsonSchema(it.response, 'output', schemas) } } },
      default: problemResponse('Problem (RFC 9457)'),
    },
  };
}

const problemResponse = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function queryParameters(it: Operation): Json[] {
  if (!it.query) return [];
  const { properties = {}, required = [] } = jsonSchema(it.query, 'input', {}) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema }));
}

/** JSON Schema 2020-12, which is what OpenAPI 3.1 speaks; named schemas move to components. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): unknown {
  const made = z.toJSONSchema(schema, {
    io,
    metadata: io === 'output' ? named : z.registry(),
    unrepresentable: 'any',
  }) as Json;
  const { $schema: _, $defs = {}, ...rest } = JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
  for (const [id, definition] of Object.entries($defs as Json)) schemas[id] ??= definition;
  return rest;
}
