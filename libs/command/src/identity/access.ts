import { Problem, type Operation, type User } from '#libs/contracts';

/** @throws Problem forbidden naming the roles that may; `admin` has every right until the powers are separated (contract.md) */
export function requireAccess(operation: Operation, user: User): void {
  const { access } = operation;
  if (access === 'public' || access === 'any' || user.roles.includes('admin')) return;
  if (access.some((role) => user.roles.includes(role))) return;
  throw new Problem(
    'forbidden',
    `${operation.method} ${operation.path} needs one of the roles ${['admin', ...access].join(', ')}; ${user.username} has ${user.roles.join(', ')}`,
  );
}

/** Roles that may read phones, names and addresses as they are: they call people. Every such read is audited. */
const readsPersonalData: ReadonlySet<string> = new Set(['admin', 'duty', 'signer', 'card-keeper']);
/** Whether names, phones and addresses are shown in full; each such read is audited. */
export const mayReadPersonalData = (user: User): boolean => user.roles.some((role) => readsPersonalData.has(role));
