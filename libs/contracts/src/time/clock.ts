/** Time is an argument. Adapters get a Clock; the core gets numbers. */
export interface Clock {
  now(): number;
}
