import type { Clock } from '#libs/contracts';
import type { RuleStore, RuleVersion } from '#libs/command';
import { parseRulebook, RulebookError, type Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import { badFile, badFolder, badInForce, doubleFile, type RulebookAlarms } from './rulebook-alarms.js';
import { folderStamp, readRulebookFiles, type RulebookFile } from './rulebook-files.js';
import { watchRulebooks } from './rulebook-watch.js';

export interface RulebookSourceOptions {
  rules: RuleStore;
  /** WANGSHAN_RULES_DIR. */
  directory: string;
  /**
   * A changed file is put in force by the station itself (the demo). Off: it only becomes a version that a named person
   * activates, because a file that someone copied must not change who is evacuated.
   */
  activate: boolean;
  alarms: RulebookAlarms;
  logger: Logger;
  clock: Clock;
}

/**
 * Rulebooks in force. Files are how rules arrive, the store is what is in force: a file makes an immutable version (its content hash);
 * the first version of a rulebook is put in force by the release, later ones by `activate` or a person. A bad file never replaces a
 * good rulebook: people are told its name and line until it is mended.
 */
export class RulebookSource {
  readonly #options: RulebookSourceOptions;
  #inForce = new Map<string, Rulebook>();
  /** The folder as it was when its files were last taken in. */
  #stamp = '';
  #unwatch: (() => Promise<void>) | undefined;

  constructor(options: RulebookSourceOptions) {
    this.#options = options;
  }

  get(id: string): Rulebook | undefined {
    return this.#inForce.get(id);
  }

  ids(): readonly string[] {
    return [...this.#inForce.keys()];
  }

  /** Takes in the files, then reads what is in force. A directory that can't be read is told; the store still rules. */
  async start(): Promise<void> {
    // Before reading: what is written meanwhile is seen by the watch, however long the points take to start.
    this.#stamp = await folderStamp(this.#options.directory);
    await this.#takeIn();
    await this.reload();
  }

  /**
   * Takes in files as they change, until `stop`.
   * @param changed told of rulebooks that came into force by it
   */
  watch(changed: (rulebooks: readonly string[]) => Promise<void>): void {
    const { directory, logger, alarms } = this.#options;
    const take = async (): Promise<void> => {
      try {
        const activated = await this.#takeIn();
        if (activated.length > 0) await changed(activated);
      } catch (error) {
        logger.error({ err: error }, 'changed rule files could not be taken in; they are with their next change, or at the next start');
      }
    };
    this.#unwatch = watchRulebooks(directory, this.#stamp, take, () => alarms.again());
  }

  async stop(): Promise<void> {
    await this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** Reads again what the store says is in force (after an activation). */
  async reload(): Promise<void> {
    const next = new Map<string, Rulebook>();
    const bad = [];
    for (const version of await this.#options.rules.active()) {
      const read = readRulebook(version.text, `${version.rulebook}@${version.version}`, version.version);
      const before = this.#inForce.get(version.rulebook);
      if (!(read instanceof RulebookError)) next.set(version.rulebook, read);
      else {
        bad.push(badInForce(version.rulebook, read));
        if (before) next.set(version.rulebook, before);
      }
    }
    this.#options.alarms.set('rulebook-in-force:', bad);
    this.#inForce = next;
  }

  /** @returns rulebooks of which another version is in force now */
  async #takeIn(): Promise<string[]> {
    const { directory, alarms } = this.#options;
    let files: RulebookFile[];
    try {
      files = await readRulebookFiles(directory);
    } catch (error) {
      alarms.set('rulebook-folder', [badFolder(directory, error instanceof Error ? error.message : String(error))]);
      return [];
    }
    alarms.set('rulebook-folder', []);
    const active = new Map((await this.#options.rules.active()).map((version) => [version.rulebook, version]));
    const from = new Map<string, string>();
    const bad = [];
    const activated: string[] = [];
    for (const file of files) {
      const read = readRulebook(file.text, file.file, file.version);
      if (read instanceof RulebookError) {
        bad.push(badFile(file.file, read));
        continue;
      }
      const other = from.get(read.id);
      if (other !== undefined) {
        bad.push(doubleFile(file.file, read.id, other));
        continue;
      }
      from.set(read.id, file.file);
      if (await this.#arrive(read, file, active)) activated.push(read.id);
    }
    alarms.set('rulebook-file:', bad);
    return activated;
  }

  /** @returns true when it came into force */
  async #arrive({ id }: Rulebook, file: RulebookFile, active: ReadonlyMap<string, RuleVersion>): Promise<boolean> {
    const { rules, activate, logger, clock } = this.#options;
    const current = active.get(id);
    if (current?.version === file.version) return false;
    // A version that is already known and not in force was put out of force by someone: the file must not bring it back.
    const known = (await rules.versions(id)).some((version) => version.version === file.version);
    const now = clock.now();
    const reason = `file ${file.file}`;
    if (!known) await rules.insert({ rulebook: id, version: file.version, text: file.text, author: 'release', reason, createdAt: now });
    if (!current || (activate && !known)) {
      await rules.activate({
        rulebook: id,
        version: file.version,
        instead: current?.version ?? null,
        kind: 'release',
        by: 'release',
        at: now,
        reason,
        dryRun: null,
        forced: false,
      });
      logger.info({ rulebook: id, version: file.version }, 'rulebook in force');
      return true;
    }
    if (!known)
      logger.warn(
        { rulebook: id, version: file.version, inForce: current.version },
        'new version of a rulebook has arrived and waits to be activated',
      );
    return false;
  }
}

function readRulebook(text: string, file: string, version: string): Rulebook | RulebookError {
  try {
    return parseRulebook(text, file, version);
  } catch (error) {
    if (error instanceof RulebookError) return error;
    // What the YAML reader itself refuses, e.g. aliases that unfold without end.
    return new RulebookError(file, [{ line: 1, where: '', message: error instanceof Error ? error.message : String(error) }]);
  }
}
