import { consultation } from './consultation.js';
import { frame } from './frame.js';
import { office } from './office.js';
import { points } from './points.js';
import { registry } from './registry.js';
import { response } from './response.js';
import { warning } from './warning.js';
import { warningWords } from './warning-words.js';

/** Every text of the client, Chinese: a file for what is read together. `en/` has the same files and keys; types and a spec prove it. */
export const zh = { ...frame, ...warningWords, ...points, ...warning, ...response, ...consultation, ...registry, ...office } as const;
