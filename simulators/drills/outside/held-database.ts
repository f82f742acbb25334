import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
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

  /** @param diskMiB on a disk of its own of this size, in memory: needs root */
  static async start(diskMiB?: number): Promise<HeldDatabase> {
    const folder = mkdtempSync(path.join(tmpdir(), 'wangshan-held-'));
    if (diskMiB !== undefined) run('mount', '-t', 'tmpfs', '-o', `size=${diskMiB}m`, 'tmpfs', folder);
    chmodSync(folder, 0o755);
    return new HeldDatabase(folder, await startEmbeddedPostgres({ dataDir: folder, port: 0, say: () => undefined }));
  }

  get url(): string {
    return this.#server.url;
  }

  /** Fills what is left of the disk, as another program's file would. */
  fillDisk(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    try {
      appendFileSync(this.#filler, Buffer.alloc(bavail * bsize));
    } catch (error) {
      // PostgreSQL was quicker with the last block.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** Makes room again; a server that ended without it is started again, as the station does with one of its own. */
  async freeDisk(): Promise<void> {
    rmSync(this.#filler, { force: true });
    const alive = readdirSync('/proc').includes(String(this.#server.pid));
    if (!alive) this.#server = await startEmbeddedPostgres({ dataDir: this.folder, port: this.#server.port, say: () => undefined });
  }

  get #filler(): string {
    return path.join(this.folder, 'filler');
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
    // A mount of its own goes first; without one this changes nothing.
    spawnSync('umount', [this.folder]);
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

/** True where a disk of its own can be had. */
export const mayMount = (): boolean => {
  if (process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(path.join(tmpdir(), 'wangshan-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
};

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}
