/** Where devices' messages come in, for people: the own port, or the broker that is read, without what would let anybody in. */
export function mqttAddress(external: string | undefined, port: number): string {
  if (external === undefined) return `mqtt://127.0.0.1:${port}`;
  const { protocol, host } = new URL(external);
  return `reading ${protocol}//${host}`;
}
