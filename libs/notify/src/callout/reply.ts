import type { ReplyMeaning } from '#libs/contracts';

/** Digits that stand alone in front decide, whatever follows: "1收到", "2 快来人". A longer number ("13 人") is no answer. */
const digitMeaning: Readonly<Record<string, ReplyMeaning>> = { '0': 'opt-out', '1': 'ack', '2': 'help', '3': 'safe' };
const leadingDigit = /^([0-3])(?!\d)/;

/** notify.md §4.5, in its order. Acknowledging and opting out must be the whole text; a cry for help and "we are out" may go on. */
const words: readonly (readonly [RegExp, ReplyMeaning])[] = [
  [/^(一|壹|收到|已收到|知道了?|好的?|ok|y|yes|确认|明白)$/, 'ack'],
  [/^(二|求助|救命|帮助|help|sos)/, 'help'],
  [/^(三|已撤离|已到|安全|到了)/, 'safe'],
  [/^(t|td|退订|n)$/, 'opt-out'],
];

/** What stands around and between the words: punctuation, white space, symbols and the invisible marks phones put in. */
const noise = /[\p{P}\p{S}\p{Z}\p{C}]/gu;

/** The text as it is compared: one form of each character, lower case, nothing but letters and digits. */
const normal = (text: string): string => text.normalize('NFKC').toLowerCase().replace(noise, '');

/**
 * What somebody means who answers a warning. Total: any text has a meaning, and what nobody foresaw is for people to read.
 * @param text as the provider gave it; for a call, the key pressed
 */
export function meaningOf(text: string): ReplyMeaning {
  // Before the separators go: "1 3号楼" is a one, "13号楼" is not.
  const whole = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/^[\p{P}\p{S}\p{Z}\p{C}]+/u, '');
  const digit = leadingDigit.exec(whole)?.[1];
  const bare = normal(text);
  // "0" is an opt-out only alone: a house number or a count of people must never be taken for one.
  if (digit !== undefined && (digit !== '0' || bare === '0')) return digitMeaning[digit] ?? 'free-text';
  return words.find(([pattern]) => pattern.test(bare))?.[1] ?? 'free-text';
}
