import { randomUUID } from 'node:crypto';

/** The station's HTTP API as any outside client uses it. */
export class Api {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  static async login(url: string, username: string, password: string): Promise<Api> {
    const { token } = await new Api(url, '').call<{ token: string }>('POST', '/session', { username, password });
    return new Api(url, token);
  }

  /** @throws Error with what the station answered */
  async call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as T;
  }
}
