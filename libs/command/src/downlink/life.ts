import { fromIso, MINUTE, SECOND, toIso, type CommandReason, type DeviceCommand } from '#libs/contracts';

/** Everything that can happen to a command. Times are wall clock, epoch ms. */
export type Happening =
  /** Put on the wire. */
  | { kind: 'sent'; at: number }
  /** Its device has no connection: waits for the next one. */
  | { kind: 'away'; at: number }
  /** Its device connects. */
  | { kind: 'connected'; at: number }
  | { kind: 'reply'; at: number; ok: boolean; values: Record<string, string> }
  | { kind: 'withdrawn'; at: number; reason: Extract<CommandReason, 'cancelled-by-person' | 'replaced' | 'not-registered'> }
  | { kind: 'tick'; at: number };

/**
 * Wait for an answer before the first repetition; doubled with each. Shorter: a device that measures before it answers (GNSS: 15 s and
 * more) gets the command twice. Longer: a frame lost on GPRS delays densification of a slope that moves.
 */
const FIRST_WAIT = 30 * SECOND;
/** Longest wait between two tries to a connected device. Longer: an answer lost late in the life is not asked for again. */
const LONGEST_WAIT = 15 * MINUTE;
/** Tries kept by their time; the count goes on. A month of tries at the longest wait would be a record of 100 kB. */
const TRIES_KEPT = 20;

export const waitAfter = (tries: number): number => Math.min(FIRST_WAIT * 2 ** Math.max(0, tries - 1), LONGEST_WAIT);

export const isOpenCommand = ({ state }: Pick<DeviceCommand, 'state'>): boolean => state === 'queued' || state === 'sent';

/** True when the command should be put on the wire now, if its device is there. */
export const isTryDue = (command: DeviceCommand, now: number): boolean =>
  isOpenCommand(command) && command.nextTryAt !== null && fromIso(command.nextTryAt) <= now;

export const isExpired = (command: DeviceCommand, now: number): boolean => isOpenCommand(command) && fromIso(command.expiresAt) <= now;

/**
 * The life of a command, pure: queued → sent → succeeded | failed | expired | cancelled. What has ended never moves again; an answer
 * that comes late is kept beside the state it came too late for.
 * @returns the same object when nothing changes
 */
export function stepCommand(command: DeviceCommand, happening: Happening): DeviceCommand {
  const { at } = happening;
  const open = isOpenCommand(command);
  const moved = (change: Partial<DeviceCommand>): DeviceCommand => ({ ...command, ...change, version: command.version + 1 });
  const ended = (state: DeviceCommand['state'], reason: CommandReason, more: Partial<DeviceCommand> = {}): DeviceCommand =>
    moved({ state, reason, nextTryAt: null, endedAt: toIso(at), ...more });
  switch (happening.kind) {
    case 'sent': {
      if (!open || isExpired(command, at)) return command;
      const tryCount = command.tryCount + 1;
      return moved({
        state: 'sent',
        reason: 'waits-for-answer',
        tries: [...command.tries, toIso(at)].slice(-TRIES_KEPT),
        tryCount,
        nextTryAt: toIso(at + waitAfter(tryCount)),
      });
    }
    case 'away':
      return open && command.nextTryAt !== null ? moved({ reason: 'waits-for-device', nextTryAt: null }) : command;
    case 'connected':
      // At once: a sleeping device is there for seconds. One that was just asked and answers slowly keeps its wait.
      return open && command.nextTryAt === null ? moved({ nextTryAt: toIso(at) }) : command;
    case 'reply': {
      const answer = { at: toIso(at), ok: happening.ok, values: happening.values };
      if (open) return ended(happening.ok ? 'succeeded' : 'failed', 'answered', { answer });
      return command.answer === null ? moved({ answer }) : command;
    }
    case 'withdrawn':
      return open ? ended('cancelled', happening.reason) : command;
    case 'tick':
      return isExpired(command, at) ? ended('expired', command.tryCount > 0 ? 'no-answer' : 'never-connected') : command;
  }
}
