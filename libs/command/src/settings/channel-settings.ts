import { Problem, SECRET_KEPT, type ChannelSettings, type ChannelSettingsPatch } from '#libs/contracts';

/** An address without what may be a key: log-in and everything after `?`. */
export function shownAddress(address: string): string {
  const url = new URL(address);
  if (url.search === '' && url.username === '') return address;
  return `${url.origin}${url.pathname}?${SECRET_KEPT}`;
}

const hidden = (secret: string): string => (secret === '' ? '' : SECRET_KEPT);
/** d***@county.example: the domain stays, so that people can tell that it is the right office. */
const maskMail = (mail: string): string => mail.replace(/^(.).*(?=@)/, '$1***');

/**
 * Channels as people are shown them: no secret ever leaves the station again.
 * @param personal whether the asking user may see mailboxes
 */
export function shownChannels({ robots, smtp, webhooks, broadcast, wall }: ChannelSettings, personal: boolean): ChannelSettings {
  return {
    wall,
    robots: robots.map((robot) => ({ ...robot, url: shownAddress(robot.url), secret: hidden(robot.secret) })),
    smtp: smtp && { ...smtp, password: hidden(smtp.password), to: personal ? smtp.to : smtp.to.map(maskMail) },
    webhooks: webhooks.map((hook) => ({ ...hook, url: shownAddress(hook.url), secret: hidden(hook.secret) })),
    broadcast: {
      ...broadcast,
      platform: broadcast.platform && {
        ...broadcast.platform,
        url: shownAddress(broadcast.platform.url),
        secret: hidden(broadcast.platform.secret),
      },
    },
  };
}

/**
 * Channels after a change. Parts that are not named stay; what is given back as it was shown (secret, address) stays as it was.
 * @throws Problem invalid-request when a secret is missing that nothing before it can supply
 */
export function mergedChannels(before: ChannelSettings, patch: ChannelSettingsPatch | undefined): ChannelSettings {
  if (!patch) return before;
  const { robots, smtp, webhooks, broadcast, wall } = patch;
  return {
    wall: wall ?? before.wall,
    robots: robots?.map((robot) => kept(robot, before.robots, `robot ${robot.id}`, '')) ?? before.robots,
    smtp: smtp === undefined ? before.smtp : smtp && mailServer(smtp, before.smtp),
    webhooks: webhooks?.map((hook) => kept(hook, before.webhooks, `webhook ${hook.id}`)) ?? before.webhooks,
    broadcast: {
      horns: broadcast?.horns ?? before.broadcast.horns,
      platform:
        broadcast?.platform === undefined
          ? before.broadcast.platform
          : broadcast.platform && platform(broadcast.platform, before.broadcast.platform),
    },
  };
}

interface Addressed {
  id: string;
  url: string;
  secret: string;
}

/** @param none the secret of one that may do without; absent: it may not */
function kept<T extends Addressed>(given: T, before: readonly T[], what: string, none?: string): T {
  const earlier = before.find(({ id }) => id === given.id);
  return { ...given, url: sameAddress(given.url, earlier?.url, what), secret: sameSecret(given.secret, earlier?.secret ?? none, what) };
}

function platform(
  given: NonNullable<ChannelSettings['broadcast']['platform']>,
  earlier: ChannelSettings['broadcast']['platform'],
): NonNullable<ChannelSettings['broadcast']['platform']> {
  const what = 'broadcast platform';
  return { ...given, url: sameAddress(given.url, earlier?.url, what), secret: sameSecret(given.secret, earlier?.secret, what) };
}

/** A password is never sent to another server than the one it was given for. */
function mailServer(given: NonNullable<ChannelSettings['smtp']>, earlier: ChannelSettings['smtp']): NonNullable<ChannelSettings['smtp']> {
  const same = earlier?.host === given.host && earlier.port === given.port && earlier.security === given.security;
  const none = given.user === '' ? '' : undefined;
  return { ...given, password: sameSecret(given.password, same ? earlier.password : none, 'mail server') };
}

function sameSecret(given: string, earlier: string | undefined, what: string): string {
  if (given !== SECRET_KEPT) return given;
  if (earlier === undefined) throw new Problem('invalid-request', `channels: ${what} needs its secret`);
  return earlier;
}

function sameAddress(given: string, earlier: string | undefined, what: string): string {
  if (earlier !== undefined && given === shownAddress(earlier)) return earlier;
  if (decodeURI(given).includes(SECRET_KEPT)) throw new Problem('invalid-request', `channels: ${what} needs its whole address`);
  return given;
}

/** What of a change goes into the log: which channels, and nothing they are reached by. */
export const loggedChannels = ({ robots, smtp, webhooks, broadcast, wall }: ChannelSettingsPatch): Record<string, unknown> => ({
  ...(robots ? { robots: robots.map(({ id, on, fromLevel, scope }) => ({ id, on, fromLevel, scope })) } : {}),
  ...(smtp === undefined ? {} : { smtp: smtp === null ? 'removed' : `${smtp.to.length} mailboxes` }),
  ...(webhooks ? { webhooks: webhooks.map(({ id, on, fromLevel, scope }) => ({ id, on, fromLevel, scope })) } : {}),
  ...(broadcast ? { broadcast: Object.keys(broadcast) } : {}),
  ...(wall ? { wall: { on: wall.on, fromLevel: wall.fromLevel, scope: wall.scope } } : {}),
});
