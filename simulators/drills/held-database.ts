import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#libs/store';

/** How a database goes away: it ends, or it hangs with every connection open, as behind a broken network or a dead disk. */
export type Outage = 'stopped' | 'frozen';

/** A real PostgreSQL of the drill's own, which can be kept away and brought back. */
export class HeldDatabase {
  #server: EmbeddedPostgres;
  #frozen: number[] = [];
  #running = true;

  private constructor(
    private readonly folder: string,
    server: EmbeddedPostgres,
  ) {
    this.#server = server;
  }

  static async start(): Promise<HeldDatabase> {
    const folder = mkdtempSync(path.join(tmpdir(), 'wangshan-held-'));
    chmodSync(folder, 0o755);
    return new HeldDatabase(folder, await startEmbeddedPostgres({ dataDir: folder, port: 0, say: () => undefined }));
  }

  get url(): string {
    return this.#server.url;
  }

  async takeAway(how: Outage): Promise<void> {
    if (how === 'stopped') {
      this.#running = false;
      return this.#server.stop();
    }
    // The postmaster first, so that no new process escapes.
    this.#frozen = [this.#server.pid];
    process.kill(this.#server.pid, 'SIGSTOP');
    for (const child of childrenOf(this.#server.pid)) {
      this.#frozen.push(child);
      process.kill(child, 'SIGSTOP');
    }
  }

  async bringBack(): Promise<void> {
    for (const pid of this.#frozen.splice(0).reverse()) process.kill(pid, 'SIGCONT');
    if (this.#running) return;
    this.#server = await startEmbeddedPostgres({ dataDir: this.folder, port: this.#server.port, say: () => undefined });
    this.#running = true;
  }

  async remove(): Promise<void> {
    await this.bringBack();
    await this.#server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Field 4 of /proc/<pid>/stat, counted after the closing bracket of the name (proc(5)). */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    })
    .map(Number);
}
