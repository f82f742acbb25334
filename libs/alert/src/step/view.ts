import type { TimelineEntry, User, WarningRecord, WarningView } from '#libs/contracts';
import { legalFor, type ReleaseRules } from '../act/legal.js';

/**
 * The one HTTP form of a warning: answer of the API and payload of every `warning.*` event.
 *
 * @param asking the user it is shown to; without one (events, which go to many) `legal` is empty
 */
export function warningView(
  record: WarningRecord,
  about: {
    pointName: string;
    timeline?: readonly TimelineEntry[];
    asking?: Pick<User, 'roles' | 'username'>;
    now?: number;
    rules?: ReleaseRules;
  },
): WarningView {
  const { releases, deliver: _deliver, ...rest } = record;
  return {
    ...rest,
    releases,
    release: { internal: releases.internal.state, public: releases.public.state },
    pointName: about.pointName,
    legal: about.asking ? legalFor(record, about.asking, about.now, about.rules) : [],
    timeline: [...(about.timeline ?? [])],
  };
}
