/** E.164 of a number in any of the forms vendors and people write it; the outbox compares in this form only. What is no number stays as it is. */
export function normaliseNumber(text: string): string {
  if (/[^\d\s+-]/.test(text)) return text;
  const compact = text.replace(/[\s-]/g, '').replace(/^00/, '+');
  const mainland = /^(?:\+?86)?(1[3-9]\d{9})$/.exec(compact);
  if (mainland?.[1]) return `+86${mainland[1]}`;
  return compact.startsWith('+') ? compact : `+${compact}`;
}

/** A mainland mobile in the forms the vendor takes: 11 digits, with +86, 0086 or 86 in front. */
export const isMainlandMobile = (text: string): boolean => /^(?:\+?86|0086)?1[3-9]\d{9}$/.test(text);
