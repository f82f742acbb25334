import { randomUUID } from 'node:crypto';

/** What the station answered when it refused. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The station's HTTP API as an outside client of one user sees it. */
export class ApiClient {
  private constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  /** @param url of the station, without `/api/v1` */
  static async login(url: string, username: string, password: string): Promise<ApiClient> {
    const anonymous = new ApiClient(url, '');
    const { token } = await anonymous.call<{ token: string }>('POST', '/session', { username, password });
    return new ApiClient(url, token);
  }

  /** @throws ApiError with the problem's code */
  async call<T>(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    const code = /"code"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
    throw new ApiError(response.status, code, `${method} ${path} → ${response.status} ${text.slice(0, 300)}`);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  /** What each stage says of itself (`/readyz`, which answers 503 with the same body). */
  async health(): Promise<{ status: string; stages: Record<string, { status: 'ok' | 'degraded' | 'down'; detail: string }> }> {
    return (await (await fetch(`${this.url}/readyz`)).json()) as Awaited<ReturnType<ApiClient['health']>>;
  }

  /** Everything of a list, page by page. */
  async all<T>(path: string, field = 'items'): Promise<T[]> {
    const found: T[] = [];
    let cursor: string | null | undefined;
    do {
      const next = new URLSearchParams({ limit: '1000', ...(cursor ? { cursor } : {}) });
      const page = await this.get<Record<string, unknown> & { nextCursor?: string | null }>(
        `${path}${path.includes('?') ? '&' : '?'}${next.toString()}`,
      );
      found.push(...((page[field] ?? []) as T[]));
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  }
}
