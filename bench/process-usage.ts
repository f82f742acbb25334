import { existsSync, readFileSync, readdirSync } from 'node:fs';

/** Clock ticks of /proc are hundredths of a second on every Linux that Node.js runs on (USER_HZ). */
const tickMicros = 10_000;

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return '';
  }
};

/** Fields of /proc/PID/stat after the command's name, which may hold spaces. */
const stat = (pid: number): string[] =>
  read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');

/** CPU time (µs) this process has used so far, with the children it has waited for; 0 where there is no /proc. */
export function cpuMicros(pid: number): number {
  const fields = stat(pid);
  // utime, stime, cutime, cstime: fields 14 to 17 of proc(5)
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0) * tickMicros;
}

/** As `cpuMicros`, with every child that runs. */
export function familyCpuMicros(pid: number): number {
  if (!existsSync('/proc/self/stat')) return 0;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && stat(Number(name))[1] === String(pid));
  return children.reduce((sum, child) => sum + cpuMicros(Number(child)), cpuMicros(pid));
}

/** Resident memory, bytes; 0 where there is no /proc. */
export const residentBytes = (pid: number): number => Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;

/** Descriptors this process may open; undefined where there is no /proc. */
export const descriptorLimit = (): number | undefined => {
  const soft = /Max open files\s+(\d+)/.exec(read('/proc/self/limits'))?.[1];
  return soft === undefined ? undefined : Number(soft);
};
