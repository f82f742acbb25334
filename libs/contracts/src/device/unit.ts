import { z } from 'zod';

/** Closed list: a unit outside it is a typo until someone adds it here (exemplar: zwave-js consistent-param-units). */
export const units = [
  'mm',
  'm',
  'mm/h',
  'mm/d',
  'mm/d²',
  'm/h',
  'm/d',
  'm/s',
  'm/s²',
  '°',
  '°/h',
  '°/d',
  '%',
  '%RH',
  '°C',
  'kPa',
  'kPa/h',
  'kPa/d',
  'h',
  'Hz',
  'µs',
  'mV·ms',
  'V',
  'mA',
  'dBm',
  'dB',
  'g',
  'mg/m³',
  'µg/m³',
  '1',
] as const;
export const Unit = z.enum(units);
export type Unit = z.infer<typeof Unit>;
