import type { Asked, MessageKind, ReleaseScope, WarningLevel } from '#libs/contracts';

/**
 * "Tell this scope": one new version of a release, still without recipients. Notify turns it into deliveries.
 * `inspect` asks monitor, responsible person and duty to look; `warning` is a first message or a rise (full text with
 * route and shelter); `adjust` is a level that did not rise; `cancel` and `all-clear` go to everyone who was told before, also those who are on no
 * card any more; `expired` tells the same people that nobody watches over the message in their hand, which is no all-clear.
 */
export interface TellOrder {
  warningId: string;
  scope: ReleaseScope;
  kind: MessageKind;
  level: WarningLevel;
  /** Version of the release it tells; rises by one with every message of the scope. */
  version: number;
  /** Level of the message before it, null for the first. */
  previousLevel: WarningLevel | null;
  /** The first message of the scope, which this one changes, withdraws or ends; null for the first itself. */
  references: { version: number; level: WarningLevel; at: string } | null;
  /** When what it speaks of begins, where that is forecast, epoch ms; absent: now. */
  onsetAt?: number;
}

/** The message that asks: to the officer on duty, or to those above him. */
export interface AskOrder extends Asked {
  warningId: string;
  scope: Extract<ReleaseScope, 'internal'>;
  /** Version of the internal release it goes with. */
  version: number;
}
