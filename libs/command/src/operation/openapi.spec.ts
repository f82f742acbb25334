import { expect, it } from 'vitest';
import { openApiDocument } from './openapi.js';

type Operation = {
  operationId: string;
  parameters?: { name: string; in: string; schema: { type?: string } }[];
  responses: Record<string, unknown>;
};
const document = openApiDocument('1.2.3') as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};
const all = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'servers')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Every row of the contract's table. */
const contract = `
GET /healthz
GET /readyz
GET /metrics
POST /session
POST /hazard-points
GET /hazard-points
GET /hazard-points/{unifiedCode}
PATCH /hazard-points/{unifiedCode}
GET /device-profiles
POST /devices
GET /devices
GET /devices/{id}
GET /devices/{id}/readings
GET /hazard-points/{unifiedCode}/state
GET /warnings
GET /warnings/{id}
POST /warnings/{id}/{action}
GET /warnings/{id}/deliveries
GET /warnings/{id}/cap.xml
GET /cap/feed.atom
POST /work-cards
GET /work-cards
POST /household-cards
GET /household-cards
GET /household-cards/{id}/print.pdf
GET /consultations
GET /consultations/{id}
POST /consultations/{id}/opinions
POST /consultations/{id}/decision
POST /consultations/{id}/signatures
GET /rules
POST /rules
GET /rules/{id}/versions
POST /rules/{id}/activate
POST /rules/{id}/shadow
POST /rules/{id}/rollback
POST /rules/{id}/dry-run
GET /quarantine
GET /audit
GET /audit/verify
GET /settings
PATCH /settings
GET /system/ports
`;

it('has every route of the contract', () => {
  const there = new Set(all.map(({ method, path }) => `${method} ${path}`));
  expect(
    contract
      .trim()
      .split('\n')
      .filter((route) => !there.has(route)),
  ).toEqual([]);
});

it('is OpenAPI 3.1: unique ids, path parameters declared, answers everywhere, every reference resolves', () => {
  expect(document.openapi).toBe('3.1.0');
  const ids = all.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of all) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect((operation.parameters ?? []).filter((each) => each.in === 'path').map((each) => each.name)).toEqual(inPath);
    expect(Object.keys(operation.responses).length).toBeGreaterThan(0);
  }
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(20);
  for (const reference of references) {
    expect(reference).toMatch(/^#\/components\/schemas\//);
    expect(document.components.schemas).toHaveProperty([reference.split('/').at(-1) ?? '']);
  }
});

it('says what a parameter is', () => {
  const readings = document.paths['/devices/{id}/readings']?.get;
  const parameter = (name: string) => readings?.parameters?.find((each) => each.name === name);
  expect(parameter('points')?.schema.type).toBe('integer');
  expect(parameter('from')?.schema.type).toBe('string');
  expect(parameter('channel')).toMatchObject({ required: true });
});
