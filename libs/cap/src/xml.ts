import { create } from 'xmlbuilder2';
import { capTime } from './cap-time.js';
import { plain } from './compose.js';
import type { CapInfo, CapMessage, CapReference, CapShape } from './message.js';

export const capNamespace = 'urn:oasis:names:tc:emergency:cap:1.2';

type Element = ReturnType<ReturnType<typeof create>['ele']>;

/**
 * A message as CAP 1.2 XML; the order of the elements is the schema's (xs:sequence).
 * @param web address of a page about it; receivers of Google's profile want one
 */
export function capXml(message: CapMessage, web: string): string {
  const alert = create({ version: '1.0', encoding: 'UTF-8' }).ele(capNamespace, 'alert');
  const { identifier, sender, sent, status, type, note, references, warningId } = message;
  texts(alert, { identifier, sender, sent: capTime(sent), status, msgType: type, scope: 'Public', note });
  if (references.length > 0) alert.ele('references').txt(references.map(asText).join(' '));
  // What belongs together: the messages of one warning.
  alert.ele('incidents').txt(plain(warningId));
  for (const info of message.infos) addInfo(alert.ele('info'), message, info, web);
  return alert.end({ prettyPrint: true });
}

const asText = ({ sender, identifier, sent }: CapReference): string => `${sender},${identifier},${capTime(sent)}`;

function addInfo(element: Element, message: CapMessage, info: CapInfo, web: string): void {
  texts(element, { language: info.language, category: 'Geo', event: info.event });
  for (const type of info.responseTypes) element.ele('responseType').txt(type);
  texts(element, { urgency: info.urgency, severity: info.severity, certainty: info.certainty });
  pair(element, 'eventCode', 'wangshan:event', 'geohazard');
  texts(element, {
    effective: capTime(message.sent),
    expires: capTime(message.expires),
    senderName: info.senderName,
    headline: info.headline,
    description: info.description,
    instruction: info.instruction,
    web,
  });
  pair(element, 'parameter', 'wangshan:warningLevel', message.level);
  pair(element, 'parameter', 'wangshan:unifiedCode', message.unifiedCode);
  const area = element.ele('area');
  area.ele('areaDesc').txt(info.areaDescription);
  addShape(area, message.shape);
  pair(area, 'geocode', 'GB/T 2260', message.divisionCode);
}

/** CAP gives latitude first (§3.2.4); we keep longitude first, as GeoJSON does. */
function addShape(area: Element, shape: CapShape): void {
  if ('ring' in shape) area.ele('polygon').txt(shape.ring.map(([longitude, latitude]) => `${latitude},${longitude}`).join(' '));
  else area.ele('circle').txt(`${shape.latitude},${shape.longitude} ${shape.radiusKm}`);
}

function texts(element: Element, named: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(named)) if (text !== undefined) element.ele(name).txt(text);
}

function pair(element: Element, name: string, valueName: string, value: string): void {
  texts(element.ele(name), { valueName, value });
}
