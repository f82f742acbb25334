import { afterEach, describe, expect, it, vi } from 'vitest';
import { runSkill } from './main.js';
import { skillPage } from './output/markdown.js';

const heard: string[] = [];
const run = async (...words: string[]): Promise<string> => {
  heard.length = 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => heard.push(String(text)) > 0);
  await runSkill(words, () => undefined).finally(() => out.mockRestore());
  return heard.join('');
};
afterEach(() => void vi.restoreAllMocks());

describe('npm run skill', () => {
  it('answers one section as JSON', async () => {
    const { sections, lacking } = JSON.parse(await run('--only', 'soil-water', '--json')) as {
      sections: { name: string }[];
      lacking: unknown[];
    };
    expect(sections.map(({ name }) => name)).toEqual(['soil-water']);
    expect(lacking).toEqual([]);
  });

  it('says which records it lacks', async () => {
    expect(await run('--only', 'illgraben', '--data', '/nowhere')).toContain('not run: illgraben needs illgraben_seismic_2019');
  });

  it.each([
    [['--only', 'vesuvius'], 'there are preonzo'],
    [['--only', 'soil-water', '--sites', 'many'], '--sites: a whole number'],
  ])('refuses %s', async (words, why) => {
    await expect(run(...words)).rejects.toThrow(why);
  });
});

describe('the page', () => {
  it('names what was missed before anything else, and what could not be run', () => {
    const goal = { what: 'POD', goal: '≥ 0.98', figure: '0.9', met: false };
    const section = {
      name: 'a',
      title: 'A',
      about: [],
      goals: [goal, { ...goal, what: 'lead', met: true }, { ...goal, what: 'crises', met: null }],
    };
    const page = skillPage([section], { command: 'npm run skill', lacking: [{ name: 'sitka', needs: 'sitka_rainfall' }] });
    expect(page).toContain('Of 2 goals 1 are met and 1 missed:');
    expect(page.indexOf('**missed** POD')).toBeLessThan(page.indexOf('## A'));
    expect(page).toContain('sitka (sitka_rainfall)');
    expect(page).toContain('| crises | ≥ 0.98 | 0.9 | stated |');
  });
});
