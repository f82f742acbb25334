import { z } from 'zod';
import type { DeviceCreate, HazardPointCreate, HouseholdCardCreate, WorkCardCreate } from '#libs/contracts';

const DeviceAnswer = z.object({ deviceId: z.string(), secret: z.string() });
const ProblemAnswer = z.object({ code: z.string().optional(), detail: z.string().optional() });

/** What the station answered when it refused; `code` is one of docs/errors.md. */
export class StationError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(`the station refused (${status} ${code}): ${detail}`);
    this.name = 'StationError';
  }
}

/** The station's API as any outside client uses it, with a token of the roles device engineer and card keeper. */
export class StationClient {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  async createPoint(point: HazardPointCreate): Promise<void> {
    await this.#call('POST', '/hazard-points', point);
  }

  async closePoint(unifiedCode: string): Promise<void> {
    await this.#call('PATCH', `/hazard-points/${encodeURIComponent(unifiedCode)}`, { closed: true });
  }

  /** Registers a device and answers its secret, which the station shows only now. */
  async createDevice(device: DeviceCreate): Promise<string> {
    return DeviceAnswer.parse(await this.#call('POST', '/devices', device)).secret;
  }

  async createWorkCard(card: WorkCardCreate): Promise<void> {
    await this.#call('POST', '/work-cards', card);
  }

  async createHouseholdCard(card: HouseholdCardCreate): Promise<void> {
    await this.#call('POST', '/household-cards', card);
  }

  async #call(method: string, path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    const json: unknown = text === '' ? {} : JSON.parse(text);
    if (answer.ok) return json;
    const problem = ProblemAnswer.parse(json);
    throw new StationError(answer.status, problem.code ?? 'unknown', `${method} ${path}: ${problem.detail ?? text}`);
  }
}
