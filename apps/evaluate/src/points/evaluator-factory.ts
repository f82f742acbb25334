import { pointClock, type Clock, type HazardPoint, type JudgementMark, type RegistryView } from '#libs/contracts';
import { PointEvaluator, warmFrom, type Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import type { JudgementStore } from '#libs/stream';

/**
 * Wall time a drill's packet may be under way; times the drill's speed it is not silence. Too short greys a fast drill at every hiccup of
 * the network, too long hides its silent station for the whole run.
 */
const drillTransit = 5_000;
/** The rule engine answers within a few turns of the event loop. After this long it never will, and the point must turn grey. */
const engineDeadline = 10_000;

const overdue = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, engineDeadline).unref();
  });

export interface EvaluatorNeeds {
  registry: RegistryView;
  judgements: Pick<JudgementStore, 'history'>;
  rulebook: (id: string) => Rulebook | undefined;
  clock: Clock;
  logger: Logger;
}

/**
 * The evaluator that carries on from a mark as if nothing had happened: windows rebuilt from the readings judged already, without
 * deciding, then the mark's state (level in force, holds, baselines) restored over them.
 * @throws when the point or its rulebook does not exist
 */
export async function carryOn(hazardPoint: string, mark: JudgementMark, needs: EvaluatorNeeds): Promise<PointEvaluator> {
  const point = needs.registry.point(hazardPoint);
  const rulebook = point && needs.rulebook(point.rulebook);
  if (!point || !rulebook) throw new Error(`hazard point ${hazardPoint} has no rulebook ${point?.rulebook ?? ''} in force`);
  const evaluator = new PointEvaluator({
    point,
    devices: needs.registry.devicesOf(hazardPoint).map(({ deviceId, interval }) => ({ deviceId, interval })),
    rulebook,
    allowance: allowanceOf(point),
    overdue,
  });
  if (mark.judgedTo === 0) return evaluator;
  const from = warmFrom(mark.state, evaluator.horizon(), pointClock(point.drill, needs.clock.now()));
  for (const reading of await needs.judgements.history(hazardPoint, from, mark.judgedTo)) evaluator.warm(reading);
  if (!evaluator.restore(mark.state))
    needs.logger.error(
      { hazardPoint },
      'state of the judgement mark is not readable: level in force and holds are lost, judging goes on from the readings',
    );
  return evaluator;
}

const allowanceOf = ({ drill }: HazardPoint): number => (drill && drill.speed > 1 ? drillTransit * (drill.speed - 1) : 0);
