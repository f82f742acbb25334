/** What the scripted station tells of, for page tests: one county, one night. */
export * from './clock.js';
export * from './consultation.js';
export * from './county.js';
export * from './curves.js';
export * from './people.js';
export * from './warning.js';
