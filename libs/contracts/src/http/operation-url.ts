import { apiPrefix } from './operation.js';
import { operation, type OperationId } from './operations.js';

/** The address of an operation below the station's origin, with parameters and query filled in. Absent query values are left out. */
export function operationUrl(id: OperationId, params: Record<string, string> = {}, query: Record<string, unknown> = {}): string {
  const path = operation(id).path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${apiPrefix}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}
