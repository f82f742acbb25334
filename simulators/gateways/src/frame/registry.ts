import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatewayHooks, GatewayRegistry } from '#libs/contracts';

/** What is kept; a registry of an earlier release has no hooks. */
const Kept = GatewayRegistry.partial().extend({ hooks: GatewayHooks.default({}) });

/** Signs, templates and addresses for pushes, as a county enters them with a vendor. Registered over HTTP or lying as a JSON file beside the log; kept there. */
export class Registry {
  readonly #path: string;
  readonly #signs = new Set<string>();
  readonly #templates = new Map<string, string>();
  #hooks: GatewayHooks = {};
  #writing: Promise<void> = Promise.resolve();

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
    const { signs = [], templates = [], hooks } = Kept.parse(JSON.parse(text));
    registry.#take({ signs, templates });
    registry.#hooks = hooks;
    return registry;
  }

  /** Adds to what is registered: an approved template stays approved when another is sent in. */
  register(given: GatewayRegistry): Promise<void> {
    this.#take(given);
    return this.#keep();
  }

  /** Where each provider pushes; those not named stay. */
  hook(given: GatewayHooks): Promise<void> {
    this.#hooks = { ...this.#hooks, ...given };
    return this.#keep();
  }

  hookOf(provider: string): string | undefined {
    return this.#hooks[provider];
  }

  knowsSign(sign: string): boolean {
    return this.#signs.has(sign);
  }

  /** The sign registered first: what a vendor puts in front that knows signs by a code of its own. */
  sign(): string | undefined {
    const [first] = this.#signs;
    return first;
  }

  template(code: string): string | undefined {
    return this.#templates.get(code);
  }

  #take(given: GatewayRegistry): void {
    for (const sign of given.signs) this.#signs.add(sign);
    for (const { code, text } of given.templates) this.#templates.set(code, text);
  }

  #keep(): Promise<void> {
    const write = async (): Promise<void> => {
      const templates = [...this.#templates].map(([code, text]) => ({ code, text }));
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(`${this.#path}.new`, JSON.stringify({ signs: [...this.#signs], templates, hooks: this.#hooks }), { mode: 0o600 });
      await rename(`${this.#path}.new`, this.#path);
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}
