import { civilText } from '#libs/contracts';

/** A time as CAP 1.2 wants it, Beijing time: whole seconds and a numeric offset; "Z" is not valid (§3.3.2). @param time epoch ms */
export const capTime = (time: number): string => `${civilText(time).slice(0, 19).replace(' ', 'T')}+08:00`;
