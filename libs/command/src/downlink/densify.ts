import { levelRank, MINUTE, type DeviceOrder, type DownlinkSettings, type WarningLevel } from '#libs/contracts';
import type { Densified } from './ports.js';

/** Upload intervals the rulebook of the point asks for, s; a level it does not name is the county's to say. */
export type AskedIntervals = Partial<Record<WarningLevel, number>>;

/**
 * Upload interval at a level, seconds: what the rulebook asks for, else the county's table (domain.md §1.6: 1, 2, 4, 6 samples an
 * upload); the device samples every `plusInterval`.
 */
export const denseInterval = (level: WarningLevel, settings: DownlinkSettings, asked: AskedIntervals = {}): number =>
  asked[level] ?? settings.plusInterval * settings.samplesPerUpload[level];

/** What a device should be told now, and why nothing is when nothing is. */
export type DensifyDecision =
  | { tell: WarningLevel | 'none' }
  | { calm: number | null }
  | { nothing: 'as-told' | 'off' | 'below-policy' | 'dense-enough' | 'not-yet' | 'refused-lately' };

/** A device that refused is asked again after this long. Sooner: a command a minute to an instrument that can't; later: the failure is over. */
export const ASK_AGAIN = 10 * MINUTE;

/**
 * Decides for one device. A rise is told at once; a fall only when the level has stayed lower for `returnAfter`, because a level that
 * wavers would cost a command each time. Return is always told, also after the policy was switched off: batteries die otherwise.
 *
 * @param level what the point holds now; `none` when nothing, or the warning has ended
 * @param dense what the device was told, if it was
 * @param usual its usual upload interval, seconds
 * @param asked what the rulebook of the point asks for
 */
export function decideDensity(
  level: WarningLevel | 'none',
  dense: Densified | undefined,
  usual: number,
  settings: DownlinkSettings,
  now: number,
  asked: AskedIntervals = {},
): DensifyDecision {
  const wanted = wantedLevel(level, usual, settings, asked);
  const told = dense?.told ?? 'none';
  if (dense && dense.againAt !== null) {
    if (now < dense.againAt) return { nothing: 'refused-lately' };
    return { tell: wanted };
  }
  if (levelRank(wanted) > levelRank(told)) return { tell: wanted };
  if (wanted === told) {
    if (dense && dense.calmSince !== null) return { calm: null };
    if (wanted !== 'none' || dense) return { nothing: 'as-told' };
    if (settings.densify === 'off') return { nothing: 'off' };
    return { nothing: level === 'none' || levelRank(level) < levelRank(settings.densifyFrom) ? 'below-policy' : 'dense-enough' };
  }
  if (!dense || dense.calmSince === null) return { calm: now };
  return now - dense.calmSince >= settings.returnAfter * 1000 ? { tell: wanted } : { nothing: 'not-yet' };
}

function wantedLevel(
  level: WarningLevel | 'none',
  usual: number,
  settings: DownlinkSettings,
  asked: AskedIntervals,
): WarningLevel | 'none' {
  if (level === 'none' || settings.densify === 'off' || levelRank(level) < levelRank(settings.densifyFrom)) return 'none';
  // An instrument that reports as often anyway is left alone.
  return denseInterval(level, settings, asked) < usual ? level : 'none';
}

/** The command that tells it. */
export function densityOrder(
  tell: WarningLevel | 'none',
  usual: number,
  settings: DownlinkSettings,
  asked: AskedIntervals = {},
): DeviceOrder {
  if (settings.densify === 'work-mode') return { command: 'setworkmode', parameters: { mode: tell === 'none' ? 'normal' : 'emergency' } };
  if (tell === 'none')
    return {
      command: 'setsensortime',
      parameters: { sampleInterval: usual, uploadInterval: usual, plusInterval: Math.min(usual, settings.plusInterval) },
    };
  const uploadInterval = denseInterval(tell, settings, asked);
  const sample = Math.min(settings.plusInterval, uploadInterval);
  return { command: 'setsensortime', parameters: { sampleInterval: sample, uploadInterval, plusInterval: sample } };
}
