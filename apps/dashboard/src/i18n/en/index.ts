import { consultation } from './consultation.js';
import { frame } from './frame.js';
import { office } from './office.js';
import { points } from './points.js';
import { registry } from './registry.js';
import { response } from './response.js';
import { warning } from './warning.js';
import { warningWords } from './warning-words.js';

/** Every text of the client, English. Short: labels stand in the same places as the Chinese ones. */
export const en = { ...frame, ...warningWords, ...points, ...warning, ...response, ...consultation, ...registry, ...office };
