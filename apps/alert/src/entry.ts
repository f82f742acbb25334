import type { Effects, LedgerEntry } from '#libs/alert';
import { consultationId, openConsultation } from '#libs/consult';
import type { Clock, DeliveryChannel, DeliveryIntent, HazardPoint, Settings, WarningRecord } from '#libs/contracts';
import { pointClock } from '#libs/contracts';
import { freezeCallout, groupsOf, planAsk, planInSlices } from '#libs/notify';
import { hashId, type Logger } from '#libs/platform';
import type { Store } from '#libs/store';
import { evidenceSeries } from './evidence.js';

export type EntryStore = Pick<Store, 'cards' | 'told' | 'consultations' | 'history'>;
export const stationHash = (...parts: readonly (string | number)[]): string => hashId(24, ...parts);

export interface EntryInput {
  effects: Effects;
  /** The warning as it stands after the effects, if there is one. */
  warning: WarningRecord | undefined;
  point: HazardPoint;
  /** Devices of the point: their horns speak for it. */
  devices: ReadonlySet<string>;
  /** Channels a person can be told by. */
  channels: ReadonlySet<DeliveryChannel>;
  settings: Settings;
  now: ReturnType<Clock['now']>;
}

/** Effects become one ledger entry: messages get their recipients from the cards, a warning that asks for one its consultation. */
export async function entryOf(input: EntryInput, store: EntryStore, logger: Logger): Promise<LedgerEntry> {
  const { effects, point, settings, now, channels } = input;
  const cards = effects.orders.length > 0 ? await store.cards.cardsOf(point.unifiedCode) : { workCards: [], householdCards: [] };
  const groups = groupsOf(settings.channels, input.devices);
  const deliveries: DeliveryIntent[] = [];
  for (const { order, warning } of effects.orders) {
    const former = order.references === null ? [] : await store.told.of(warning.id, order.scope);
    const { onsetAt } = order;
    deliveries.push(
      ...(await planInSlices({ order, warning, point, cards, former, channels, groups, settings, onsetAt, now, hash: stationHash })),
    );
  }
  for (const { ask, warning } of effects.asks)
    deliveries.push(...planAsk({ ask, warning, point, settings, channels, now, hash: stationHash }));
  const callouts = effects.orders.flatMap(({ order, warning }) => {
    const frozen = freezeCallout({ order, warning, point, cards, settings, now, hash: stationHash });
    return frozen ? [frozen] : [];
  });
  const opened = await consultationFor(input, store, logger);
  return {
    warnings: effects.warnings,
    timeline: effects.timeline,
    supersede: effects.supersede,
    tasks: effects.tasks,
    deliveries,
    callouts: callouts.map(({ callout }) => callout),
    parties: callouts.flatMap(({ parties }) => parties),
    consultations: opened ? [opened.consultation] : [],
    events: [...effects.events, ...(opened ? [opened.event] : [])],
    audit: [...effects.audit, ...(opened ? [opened.audit] : [])],
  };
}

async function consultationFor({ effects, warning, point, now }: EntryInput, store: EntryStore, logger: Logger) {
  if (!effects.openConsultation || !warning) return undefined;
  if (await store.consultations.find(consultationId(warning.id))) return undefined;
  const unreadable = (error: unknown): void =>
    logger.warn({ stage: 'alert', warningId: warning.id, err: error }, 'a curve of the case file could not be read');
  const series = await evidenceSeries(store.history, warning, pointClock(point.drill, now), unreadable);
  return openConsultation({ warning, point, series, now });
}
