import type { Callout, CalloutStep, Heartbeat } from '#libs/contracts';

/** The call-out as people act on it and ask about it; the notify stage carries it out. */
export interface CalloutActions {
  /** A person notes an answer. @throws Problem not-found when nobody of that name has to answer this warning */
  answered(
    warningId: string,
    subject: string,
    answer: { ack: 'ack' | 'help' | 'safe' | 'visited'; via: 'app'; by: string; at: number },
    note?: string,
  ): Promise<void>;
  /** What is done next about those who are silent; undefined when nothing is. `at` in epoch ms. */
  next(callout: Callout): { step: CalloutStep; at: number } | undefined;
  heartbeat(): Heartbeat;
}
