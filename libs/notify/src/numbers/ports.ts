/** A number no message reaches: no such number, or out of service, by what a provider said. */
export interface DeadNumber {
  phone: string;
  /** Epoch ms. */
  since: number;
  provider: string;
  /** The provider's code. */
  code: string;
  /** The delivery whose answer or receipt said so. */
  delivery: string | null;
}

/** A dead number nobody has been asked to mend yet. */
export interface NumberToMend {
  /** Keyed hash of the number: the number itself is never told. */
  key: string;
  since: number;
  warningId: string;
  /** Whose it is, as in a delivery: `household:<card id>:householder`. */
  recipient: string;
}

/** Dead numbers. Remembered by the outbox when a delivery ends as RECIPIENT_PERM, forgotten when a message arrives there. */
export interface NumberStore {
  /** Of these numbers the dead ones, each as it was given. */
  deadAmong(phones: readonly string[]): Promise<DeadNumber[]>;
  /** Oldest first, telephones of people only. */
  toMend(limit: number): Promise<NumberToMend[]>;
  /** Somebody has been asked to. */
  asked(key: string, taskId: string): Promise<void>;
  /**
   * Of these tasks those that are needed no more: a message arrived at the number, or no card in force carries it.
   * @param inUse numbers that stand elsewhere than on a card (the roster)
   */
  mended(taskIds: readonly string[], inUse: readonly string[]): Promise<string[]>;
}
