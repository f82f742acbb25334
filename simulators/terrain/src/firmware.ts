/** Work modes as the wire numbers them. */
const modes: Readonly<Record<string, 'normal' | 'saving' | 'emergency'>> = { '0': 'normal', '1': 'saving', '2': 'emergency' };

/** Numbers remembered, so that a command heard twice is carried out once. A real firmware keeps fewer. */
const REMEMBERED = 64;

export interface FirmwareSettings {
  /** Seconds. Undefined: the device is the replay of a record and can't report otherwise than it did. */
  uploadInterval: number | undefined;
  plusInterval: number;
}

/**
 * What the firmware of a simulated device makes of commands (DZ/T 0450 §8.6), pure. It obeys intervals and work modes, and answers what it
 * is asked; a number heard before is answered again and not carried out again.
 */
export class Firmware {
  readonly #usual: number | undefined;
  readonly #answered = new Map<string, string>();
  #mode: 'normal' | 'saving' | 'emergency' = 'normal';
  #interval: number | undefined;
  #plus: number;

  constructor(settings: FirmwareSettings) {
    this.#interval = settings.uploadInterval;
    this.#usual = settings.uploadInterval;
    this.#plus = settings.plusInterval;
  }

  /** Seconds between two uploads now; undefined for a record. */
  get interval(): number | undefined {
    return this.#mode === 'emergency' && this.#interval !== undefined ? this.#plus : this.#interval;
  }

  /** @returns the answer, and whether to sample at once; undefined for what is no command */
  hear(text: string): { answer: string; sample: boolean } | undefined {
    const found = /^\$cmd=(\w+)((?:&.*)?)$/s.exec(text);
    const [, name = '', rest = ''] = found ?? [];
    // `$cmd=reqtime&result=…` answers a question of ours.
    if (!found || rest.includes('&result=')) return undefined;
    const given = new Map(
      rest.split('&').map((part): [string, string] => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
    );
    const msgid = given.get('msgid') ?? '';
    const before = this.#answered.get(msgid);
    if (before !== undefined) return { answer: before, sample: false };
    const { said, sample } = this.#carryOut(name, given);
    const answer = `$cmd=${name}&${said}&msgid=${msgid}`;
    this.#answered.set(msgid, answer);
    if (this.#answered.size > REMEMBERED) this.#answered.delete(this.#answered.keys().next().value ?? '');
    return { answer, sample };
  }

  #carryOut(name: string, given: ReadonlyMap<string, string>): { said: string; sample: boolean } {
    const minutes = (key: string): number | undefined => {
      const count = Number(given.get(key));
      return given.has(key) && Number.isInteger(count) && count > 0 ? count * 60 : undefined;
    };
    switch (name) {
      case 'setsensortime': {
        const upload = minutes('upload_intv');
        if (this.#usual === undefined || (given.has('upload_intv') && upload === undefined)) return { said: 'result=fail', sample: false };
        const denser = upload !== undefined && upload < (this.#interval ?? 0);
        this.#interval = upload ?? this.#interval;
        this.#plus = minutes('plus_intv') ?? this.#plus;
        return { said: 'result=succ', sample: denser };
      }
      case 'setworkmode': {
        const mode = modes[given.get('mode') ?? ''];
        if (!mode || this.#usual === undefined) return { said: 'result=fail', sample: false };
        this.#mode = mode;
        return { said: 'result=succ', sample: mode === 'emergency' };
      }
      case 'reqsensortime':
        return { said: `result=succ&upload_intv=${(this.#interval ?? 0) / 60}&plus_intv=${this.#plus / 60}`, sample: false };
      case 'getworkmode':
        return { said: `result=succ&mode=${Object.keys(modes).find((key) => modes[key] === this.#mode) ?? '0'}`, sample: false };
      case 'getstatus':
        return { said: `result=succ&state=${JSON.stringify({ ext_power_volt: 12.6, upload_intv: this.interval ?? null })}`, sample: false };
      case 'sample':
        return { said: 'result=succ', sample: true };
      case 'settime':
      case 'reboot':
      case 'broadcast':
      case 'meteorologicalearlywarning':
        return { said: 'result=succ', sample: false };
      default:
        return { said: 'result=fail', sample: false };
    }
  }
}
