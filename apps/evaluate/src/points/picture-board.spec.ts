import { expect, it } from 'vitest';
import type { PointState } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { PictureBoard } from './picture-board.js';

function setUp() {
  const world = { now: 0, judgedTo: 0, level: 'none', watched: true, made: 0, shown: [] as string[] };
  const board = new PictureBoard(
    { now: () => world.now },
    () => {
      world.made += 1;
      return { level: world.level, judgedTo: (world.judgedTo += 1) } as PointState;
    },
    ({ level }) => Promise.resolve(void world.shown.push(level)),
    () => world.watched,
    createLogger('silent'),
  );
  return { world, board };
}

it('shows a point when it changed, at most twice a second, the newest state last', () => {
  const { world, board } = setUp();
  board.changed('P');
  world.level = 'blue';
  board.changed('P');
  world.level = 'red';
  board.changed('P');
  expect(world.shown).toEqual(['none']);
  world.now = 500;
  board.flush();
  board.changed('P');
  world.now = 1000;
  board.changed('P');
  expect(world.shown).toEqual(['none', 'red']);
});

it('makes no picture of a point nobody looks at, and shows it whatever it was when somebody does', () => {
  const { world, board } = setUp();
  board.changed('P');
  world.watched = false;
  world.level = 'red';
  world.now = 1000;
  board.changed('P');
  board.flush();
  expect([world.shown, world.made]).toEqual([['none'], 1]);
  // Who begins to look now sees red; what was shown before must not hide the way back.
  world.watched = true;
  world.level = 'none';
  board.changed('P');
  expect(world.shown).toEqual(['none', 'none']);
});
