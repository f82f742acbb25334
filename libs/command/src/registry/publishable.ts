import { Problem, type ReleasePolicies, type Settings } from '#libs/contracts';

/**
 * Blue is not for the public (domain.md §2.8). A plan that would publish it is refused where it is written down, not passed over when it is due:
 * whoever wrote it would believe it works.
 * @throws Problem invalid-request naming the setting that allows it
 */
export function requirePublishable(release: Partial<ReleasePolicies> | undefined, settings: Pick<Settings, 'alert'>): void {
  if (release?.blue === undefined || release.blue === 'manual' || settings.alert.bluePublic) return;
  throw new Problem(
    'invalid-request',
    `release.blue: ${release.blue} would publish blue, which is not for the public; set alert.bluePublic in /settings first if the county wants that`,
    { errors: [{ path: 'body.release.blue', message: 'manual, unless alert.bluePublic is set' }] },
  );
}
