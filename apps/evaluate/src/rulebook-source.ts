import type { Clock } from '#libs/contracts';
import type { RuleStore, RuleVersion } from '#libs/command';
import { parseRulebook, RulebookError, type Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import { readRulebookFiles, type RulebookFile } from './rulebook-files.js';

export interface RulebookSourceOptions {
  rules: RuleStore;
  /** WANGSHAN_RULES_DIR. */
  directory: string;
  /**
   * A changed file is put in force by the start itself (the demo). Off: it only becomes a version that a named person
   * activates, because a file that someone copied must not change who is evacuated.
   */
  activate: boolean;
  logger: Logger;
  clock: Clock;
}

/**
 * Rulebooks in force. Files are how rules arrive, the store is what is in force: a file makes an immutable version (its content hash);
 * the first version of a rulebook is put in force by the release, later ones by `activate` or a person. A bad file never replaces a
 * good rulebook: it is logged with file, line and reason.
 */
export class RulebookSource {
  readonly #options: RulebookSourceOptions;
  #inForce = new Map<string, Rulebook>();

  constructor(options: RulebookSourceOptions) {
    this.#options = options;
  }

  get(id: string): Rulebook | undefined {
    return this.#inForce.get(id);
  }

  ids(): readonly string[] {
    return [...this.#inForce.keys()];
  }

  /** Takes in the files, then reads what is in force. A directory that can't be read is logged; the store still rules. */
  async start(): Promise<void> {
    const { directory, logger } = this.#options;
    let files: RulebookFile[] = [];
    try {
      files = await readRulebookFiles(directory);
    } catch (error) {
      logger.error({ err: error }, `WANGSHAN_RULES_DIR=${directory} can't be read: rules in the store stay in force, no new ones arrive`);
    }
    const active = new Map((await this.#options.rules.active()).map((version) => [version.rulebook, version]));
    for (const file of files) await this.#arrive(file, active);
    await this.reload();
  }

  /** Reads again what the store says is in force (after an activation). */
  async reload(): Promise<void> {
    const next = new Map<string, Rulebook>();
    for (const version of await this.#options.rules.active()) {
      const read = this.#read(version.text, `${version.rulebook}@${version.version}`, version.version);
      const before = this.#inForce.get(version.rulebook);
      if (read) next.set(version.rulebook, read);
      else if (before) next.set(version.rulebook, before);
    }
    this.#inForce = next;
  }

  async #arrive(file: RulebookFile, active: ReadonlyMap<string, RuleVersion>): Promise<void> {
    const { rules, activate, logger, clock } = this.#options;
    const read = this.#read(file.text, file.file, file.version);
    if (!read) return;
    const current = active.get(read.id);
    if (current?.version === file.version) return;
    // A version that is already known and not in force was put out of force by someone: the file must not bring it back.
    const known = (await rules.versions(read.id)).some((version) => version.version === file.version);
    const now = clock.now();
    if (!known)
      await rules.insert({
        rulebook: read.id,
        version: file.version,
        text: file.text,
        author: 'release',
        reason: `file ${file.file}`,
        createdAt: now,
        activatedAt: null,
        activatedBy: null,
      });
    if (!current || (activate && !known)) {
      await rules.activate(read.id, file.version, 'release', now);
      logger.info({ rulebook: read.id, version: file.version }, 'rulebook in force');
    } else
      logger.warn(
        { rulebook: read.id, version: file.version, inForce: current.version },
        'new version of a rulebook has arrived and waits to be activated',
      );
  }

  #read(text: string, file: string, version: string): Rulebook | undefined {
    try {
      return parseRulebook(text, file, version);
    } catch (error) {
      if (!(error instanceof RulebookError)) throw error;
      this.#options.logger.error({ file, faults: error.faults }, `rulebook not used, correct it and start again:\n${error.message}`);
      return undefined;
    }
  }
}
