/** What receivers check beyond the schema (algorithms.md §4.1–4.2): Google's profile, the library behind it, and the WMO's dates. */
export function profileFaults(xml: string): string[] {
  const faults: string[] = [];
  const fault = (name: string, when: boolean): void => void (when && faults.push(name));
  const infos = all(xml, 'info');
  const [type, sent] = [first(xml, 'msgType'), first(xml, 'sent')];
  fault('INVALID_IDENTIFIER', /[\s,<&]/.test(first(xml, 'identifier')) || first(xml, 'identifier') === '');
  fault('INVALID_SENDER', /[\s,<&]/.test(first(xml, 'sender')) || first(xml, 'sender') === '');
  fault('INVALID_REFERENCES', type !== 'Alert' && first(xml, 'references') === '');
  for (const reference of first(xml, 'references').split(/\s+/).filter(Boolean)) {
    const [, identifier, when] = reference.split(',');
    fault('CIRCULAR_REFERENCE', identifier === first(xml, 'identifier'));
    fault('POSTDATED_REFERENCE', Date.parse(when ?? '') > Date.parse(sent));
  }
  fault('INFO_REQUIRED', infos.length === 0);
  for (const name of ['category', 'eventCode', 'urgency', 'severity', 'certainty'])
    fault(`${name} differs between languages`, new Set(infos.map((info) => all(info, name).join())).size > 1);
  fault('DUPLICATE_ELEMENT language', new Set(infos.map((info) => first(info, 'language'))).size !== infos.length);
  for (const name of ['event', 'headline', 'description', 'instruction', 'areaDesc'])
    fault('SAME_TEXT_DIFFERENT_LANGUAGE', new Set(infos.map((info) => first(info, name))).size !== infos.length);
  for (const info of infos) faults.push(...infoFaults(info, sent));
  return faults;
}

function infoFaults(info: string, sent: string): string[] {
  const faults: string[] = [];
  const fault = (name: string, when: boolean): void => void (when && faults.push(name));
  for (const name of [
    'event',
    'urgency',
    'severity',
    'certainty',
    'expires',
    'senderName',
    'headline',
    'description',
    'instruction',
    'web',
    'areaDesc',
  ])
    fault(`MISSING ${name}`, first(info, name) === '');
  fault('expires before it is effective', Date.parse(first(info, 'expires')) <= Date.parse(first(info, 'effective')));
  fault('expired when sent', Date.parse(first(info, 'expires')) <= Date.parse(sent));
  fault('headline too long', first(info, 'headline').length > 140);
  const texts = ['headline', 'description', 'instruction'].map((name) => first(info, name));
  fault('the same text twice', new Set(texts).size < texts.length);
  fault(
    'TEXT_CONTAINS_HTML',
    texts.some((text) => /&lt;\/?(b|i|p|br|a|div|span)\b|&amp;\w+;/i.test(text)),
  );
  fault('INVALID_WEB', !/^https?:\/\/\S+$/.test(first(info, 'web')));
  const [polygon, circle] = [first(info, 'polygon'), first(info, 'circle')];
  fault('INVALID_AREA', polygon === '' && circle === '');
  fault('INVALID_CIRCLE', circle !== '' && !(Number(circle.split(' ')[1]) > 0));
  const corners = polygon.split(/\s+/).filter(Boolean);
  fault('INVALID_POLYGON', polygon !== '' && (corners.length < 4 || corners[0] !== corners.at(-1)));
  return faults;
}

const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map(([, text = '']) => text.trim());
const first = (xml: string, name: string): string => all(xml, name)[0] ?? '';

/** What RFC 4287 asks of a feed and its entries (§4.1.1, §4.1.2). */
export function atomFaults(xml: string): string[] {
  const faults: string[] = [];
  const entries = all(xml, 'entry');
  const head = xml.replace(/<entry>[\s\S]*<\/entry>/, '');
  if (!/<feed xmlns="http:\/\/www\.w3\.org\/2005\/Atom">/.test(xml)) faults.push('not an Atom feed');
  if (!/<link rel="self"[^>]* href="https?:/.test(head)) faults.push('no link to itself');
  if (all(head, 'name').length !== 1) faults.push('no author');
  for (const [where, part] of [['feed', head], ...entries.map((entry) => ['entry', entry])] as [string, string][]) {
    for (const name of ['id', 'title', 'updated']) if (all(part, name).length !== 1) faults.push(`${where} needs one ${name}`);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/.test(first(part, 'updated'))) faults.push(`${where}: updated is no RFC 3339 time`);
  }
  if (entries.some((entry) => !/<link rel="alternate"[^>]* href="https?:/.test(entry))) faults.push('an entry leads nowhere');
  if (new Set(entries.map((entry) => first(entry, 'id'))).size !== entries.length) faults.push('two entries with one id');
  return faults;
}
