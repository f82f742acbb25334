import { createHash } from 'node:crypto';
import { pointClock, type Clock, type HazardPoint, type JudgementMark, type RegistryView } from '#libs/contracts';
import { PointEvaluator, warmFrom, type Deadline, type PointSetup, type Rulebook } from '#libs/evaluate';
import type { Logger } from '#libs/platform';
import type { JudgementStore } from '#libs/stream';
import { instrumentAccuracy } from './instrument-accuracy.js';
import { breather } from './warm/breather.js';
import { judgingCode } from './warm/judging-code.js';

/**
 * Wall time a drill's packet may be under way; times the drill's speed it is not silence. Too short greys a fast drill at every hiccup of
 * the network, too long hides its silent station for the whole run.
 */
const drillTransit = 5_000;
/** The rule engine answers within a few turns of the event loop. After this long it never will, and the point must turn grey. */
const engineDeadline = 10_000;

function overdue(): Deadline {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, engineDeadline).unref();
  });
  return { passed, callOff: () => clearTimeout(timer) };
}

export interface EvaluatorNeeds {
  registry: RegistryView;
  judgements: Pick<JudgementStore, 'history'>;
  rulebook: (id: string) => Rulebook | undefined;
  clock: Clock;
  logger: Logger;
}

/**
 * An evaluator that knows nothing yet.
 * @throws when the point or its rulebook does not exist
 */
export function evaluatorOf(hazardPoint: string, needs: Omit<EvaluatorNeeds, 'judgements'>): PointEvaluator {
  const point = needs.registry.point(hazardPoint);
  const rulebook = point && needs.rulebook(point.rulebook);
  if (!point || !rulebook) throw new Error(`hazard point ${hazardPoint} has no rulebook ${point?.rulebook ?? ''} in force`);
  const setup = {
    point,
    devices: needs.registry.devicesOf(hazardPoint).map(({ deviceId, interval }) => ({ deviceId, interval })),
    rulebook,
    accuracy: instrumentAccuracy((deviceId) => needs.registry.device(deviceId)?.profile),
    allowance: allowanceOf(point),
  };
  return new PointEvaluator({ ...setup, overdue, fits: fitsOf(setup, profilesOf(hazardPoint, needs)) });
}

/**
 * The evaluator that carries on from a mark as if nothing had happened: windows rebuilt from the readings judged already, without
 * deciding, then the mark's state (level in force, holds, baselines) restored over them.
 * @throws when the point or its rulebook does not exist
 */
export async function carryOn(hazardPoint: string, mark: JudgementMark, needs: EvaluatorNeeds): Promise<PointEvaluator> {
  const evaluator = evaluatorOf(hazardPoint, needs);
  if (mark.judgedTo === 0) return evaluator;
  const drill = needs.registry.point(hazardPoint)?.drill;
  const from = warmFrom(mark.state, evaluator.horizon(), pointClock(drill, needs.clock.now()));
  const breathe = breather();
  for (const [nth, reading] of (await needs.judgements.history(hazardPoint, from, mark.judgedTo)).entries()) {
    if (nth % 256 === 0) await breathe();
    evaluator.warm(reading);
  }
  restore(evaluator, mark, needs);
  return evaluator;
}

/** Takes up what no window of readings can rebuild, once they are rebuilt up to the mark. */
export function restore(evaluator: PointEvaluator, mark: JudgementMark, { logger }: Pick<EvaluatorNeeds, 'logger'>): void {
  if (mark.judgedTo === 0 || evaluator.restore(mark.state)) return;
  logger.error(
    { hazardPoint: mark.hazardPoint },
    'state of the judgement mark is not readable: level in force and holds are lost, judging goes on from the readings',
  );
}

/** Which instruments they are: the catalogue says how exact each is. */
const profilesOf = (hazardPoint: string, { registry }: Pick<EvaluatorNeeds, 'registry'>): string[] =>
  registry.devicesOf(hazardPoint).map(({ profile }) => profile);

type Setup = Pick<PointSetup, 'point' | 'devices' | 'rulebook' | 'allowance'>;

/** What tells a setup, and the program that judges by it, from any other. */
function fitsOf({ point, devices, rulebook, allowance }: Setup, profiles: readonly string[]): string {
  const setup = JSON.stringify([point, devices, profiles, rulebook.id, rulebook.version, allowance]);
  return createHash('sha256').update(judgingCode()).update(setup).digest('base64url');
}

const allowanceOf = ({ drill }: HazardPoint): number => (drill && drill.speed > 1 ? drillTransit * (drill.speed - 1) : 0);
