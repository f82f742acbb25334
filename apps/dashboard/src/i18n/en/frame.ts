import type { Texts } from '../texts.js';
import type { frame as zh } from '../zh/frame.js';

/** What frames every page: names, navigation, signing in, the link to the station, what can go wrong. */
export const frame: Texts<typeof zh> = {
  app: { name: 'Wangshan', title: 'Geohazard monitoring and early warning', skip: 'Skip to main content', language: '中文' },
  nav: {
    label: 'Main',
    overview: 'Overview',
    warnings: 'Warnings',
    consultations: 'Consultations',
    cards: 'Cards',
    devices: 'Devices',
    quarantine: 'Quarantine',
    audit: 'Audit',
    settings: 'Settings',
    signOut: 'Sign out',
  },
  login: { title: 'Sign in to Wangshan', username: 'User name', password: 'Password', submit: 'Sign in', busy: 'Signing in…' },
  link: {
    live: 'Link up',
    connecting: 'Connecting…',
    broken: 'Link lost',
    brokenBanner: 'Link lost: this is the picture of {time}. Reconnecting; until then rely on the phone and the field.',
    brokenNever: 'The station can’t be reached. Check the network or call the administrator.',
    clock: 'Station time',
  },
  wall: { messages: 'Messages to the wall', putAway: 'Put away' },
  exercise: {
    tag: 'Exercise',
    band: 'Exercise under way: {names}. Its warnings and messages are marked as exercise and reach no real number unless the drill says so.',
  },
  age: { second: '{n} s ago', minute: '{n} min ago', hour: '{n} h ago', day: '{n} d ago', never: 'never' },
  span: { second: '{n} s', minute: '{n} min', hour: '{n} h', day: '{n} d' },
  common: {
    loading: 'Loading…',
    retry: 'Try again',
    failed: 'Could not be read',
    save: 'Save',
    listSeparator: ', ',
    version: 'version',
  },
  problem: {
    unreachable: 'The station can’t be reached. Check the network and try again.',
    'unexpected-answer': 'Station and page are of different versions. Reload the page; if that does not help, call the administrator.',
    'wrong-credentials': 'Wrong user name or password.',
    unauthenticated: 'Your session has ended. Sign in again.',
    forbidden: 'Your role does not allow this.',
    'illegal-transition': 'The warning has changed and this is no longer possible. Look at its new state.',
    'version-conflict': 'Somebody has just changed this. Look at the new version and try again.',
    'already-exists': 'This id exists already.',
    'invalid-request': 'Something in the form is not valid. Check it and try again.',
    'too-many-attempts': 'Too many attempts. Wait a little and try again.',
    'not-found': 'There is no such thing in your area.',
    'out-of-scope': 'There is no such thing in your area.',
    'not-ready': 'The station is starting. Wait a moment.',
    other: 'It did not work. Try again in a moment.',
  },
};
