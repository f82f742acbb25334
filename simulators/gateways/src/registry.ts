import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatewayRegistry } from '#libs/contracts';

/** Signs and templates the vendor has approved. Registered over HTTP or lying as a JSON file beside the log; kept there. */
export class Registry {
  readonly #path: string;
  readonly #signs = new Set<string>();
  readonly #templates = new Map<string, string>();

  private constructor(path: string) {
    this.#path = path;
  }

  static async open(path: string): Promise<Registry> {
    const registry = new Registry(path);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return registry;
      throw error;
    }
    registry.#take(GatewayRegistry.parse(JSON.parse(text)));
    return registry;
  }

  /** Adds to what is registered: an approved template stays approved when another is sent in. */
  async register(given: GatewayRegistry): Promise<void> {
    this.#take(given);
    const templates = [...this.#templates].map(([code, text]) => ({ code, text }));
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writeFile(`${this.#path}.new`, JSON.stringify({ signs: [...this.#signs], templates }), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }

  knowsSign(sign: string): boolean {
    return this.#signs.has(sign);
  }

  template(code: string): string | undefined {
    return this.#templates.get(code);
  }

  #take(given: GatewayRegistry): void {
    for (const sign of given.signs) this.#signs.add(sign);
    for (const { code, text } of given.templates) this.#templates.set(code, text);
  }
}
