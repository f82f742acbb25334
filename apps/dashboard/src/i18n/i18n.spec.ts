import {
  ackStates,
  certainties,
  consultationStates,
  decisionResults,
  deliveryChannels,
  deliveryStatuses,
  deviceStates,
  episodeStates,
  hazardKinds,
  quarantineReasons,
  recipientRoles,
  releaseScopes,
  releaseStates,
  taskActions,
  taskOutcomes,
  taskRoles,
  taskStates,
  timelineKinds,
  warningActions,
} from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { en } from './en/index.js';
import { zh } from './zh/index.js';

type Tree = { [key: string]: string | Tree };
function flatten(tree: Tree, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').toSorted();

describe('texts', () => {
  const chinese = new Map(flatten(zh));
  const english = new Map(flatten(en));

  it('has the same keys in both languages, in the same order, none of them empty', () => {
    expect([...english.keys()]).toEqual([...chinese.keys()]);
    expect([...chinese, ...english].filter(([, text]) => text.trim() === '').map(([key]) => key)).toEqual([]);
  });

  it('fills the same places in both languages', () => {
    for (const [key, text] of chinese)
      expect({ key, places: placeholders(english.get(key) ?? '') }).toEqual({ key, places: placeholders(text) });
  });

  it('is Chinese in Chinese and not in English', () => {
    const han = /\p{Script=Han}/u;
    const wordless = new Set(['app.language', 'common.listSeparator']);
    expect([...chinese].filter(([key, text]) => !wordless.has(key) && !han.test(text)).map(([key]) => key)).toEqual([]);
    expect([...english].filter(([key, text]) => !wordless.has(key) && han.test(text)).map(([key]) => key)).toEqual([]);
  });

  it('has a word for every value of the shared language that reaches a screen', () => {
    const sets: Record<string, readonly string[]> = {
      kind: hazardKinds,
      state: episodeStates,
      release: releaseStates,
      scope: releaseScopes,
      action: warningActions,
      actionHelp: warningActions,
      timeline: timelineKinds,
      certainty: certainties,
      delivery: deliveryStatuses,
      ack: ackStates,
      channel: deliveryChannels,
      recipientRole: recipientRoles,
      consultationState: consultationStates,
      result: decisionResults,
      deviceState: deviceStates,
      quarantineReason: quarantineReasons,
      'tasks.state': taskStates,
      'tasks.action': taskActions,
      'tasks.outcome': taskOutcomes,
      'tasks.role': taskRoles,
    };
    const wordless = Object.entries(sets).flatMap(([group, values]) =>
      values.map((value) => `${group}.${value}`).filter((key) => !chinese.has(key)),
    );
    expect(wordless).toEqual([]);
  });
});
