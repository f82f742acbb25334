import { illgraben } from './ground/illgraben.js';
import { tailings } from './ground/tailings.js';
import { creep } from './motion/creep.js';
import { preonzo } from './motion/preonzo.js';
import { threeGorges } from './motion/three-gorges.js';
import { mukilteo } from './rain/mukilteo.js';
import { serraDoMar } from './rain/serra-do-mar.js';
import { sitka } from './rain/sitka.js';
import { soilWaterIndex } from './rain/soil-water.js';
import type { SectionMaker } from './section.js';
import { quiet } from './sites/quiet.js';
import { sites } from './sites/sites.js';

/** Every section, in the order people read them. */
export const sectionMakers: readonly SectionMaker[] = [
  preonzo,
  sites,
  quiet,
  creep,
  threeGorges,
  tailings,
  sitka,
  mukilteo,
  serraDoMar,
  soilWaterIndex,
  illgraben,
];
