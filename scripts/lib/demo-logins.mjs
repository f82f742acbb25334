// Accounts of the demo. Passwords are random, kept 0600 in the data directory, and printed at every start.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const accounts = [
  { username: 'duty', displayName: '值班员', roles: ['duty'] },
  { username: 'signer', displayName: '签发人', roles: ['signer'] },
  { username: 'expert', displayName: '专家', roles: ['expert'] },
  { username: 'demo-engineer', displayName: '演示设备工程师', roles: ['device-engineer', 'card-keeper'] },
];

/** username → password, made once for a data directory. */
export function demoLogins(dataDir) {
  const file = path.join(dataDir, 'demo', 'logins.json');
  const made = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  for (const name of ['admin', ...accounts.map((account) => account.username)]) made[name] ??= randomBytes(9).toString('base64url');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(made, null, 2), { mode: 0o600 });
  return made;
}

async function call(url, method, pathname, body, token) {
  const answer = await fetch(`${url}/api/v1${pathname}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

async function session(url, username, password) {
  const answer = await call(url, 'POST', '/session', { username, password });
  if (answer.status >= 300) throw new Error(`the demo could not log in as ${username}: ${answer.body.detail ?? answer.status}`);
  return answer.body.token;
}

/** Makes the demo accounts through the API, like any other client, and answers a token of the demo's engineer. */
export async function demoUsers(url, adminPassword, logins) {
  const token = await session(url, 'admin', adminPassword);
  for (const account of accounts) {
    const answer = await call(url, 'POST', '/users', { ...account, password: logins[account.username] }, token);
    if (answer.status >= 300 && answer.body.code !== 'already-exists')
      throw new Error(`the demo account ${account.username} could not be made: ${answer.body.detail}`);
  }
  return session(url, 'demo-engineer', logins['demo-engineer']);
}
