// `npm run build`: station, simulators and dashboard into dist/.
import { helpOn, main, prepare } from './lib/prepare.mjs';

helpOn('npm run build: installs what is missing and builds station, simulators and dashboard into dist/.');
await main(() => prepare());
