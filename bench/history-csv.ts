import { closeSync, openSync, writeSync } from 'node:fs';

export interface HistoryShape {
  rows: number;
  devices: number;
  /** Each with the step its values drift by a day; none comes near a threshold. */
  channels: readonly { name: string; perDay: number; noise: number }[];
  /** Between two samples of a channel, ms. */
  step: number;
}

const start = Date.UTC(2016, 0, 1);
const day = 86_400_000;

/** Writes a CSV as the backtest takes it: every device reports each channel at every step. The same shape, the same file. */
export function writeHistoryCsv(file: string, { rows, devices, channels, step }: HistoryShape): void {
  const handle = openSync(file, 'w');
  const noise = noiseOf(1);
  let text = 'time,channel,value,device\n';
  try {
    for (let row = 0; row < rows; row += 1) {
      const channel = channels[row % channels.length];
      const device = Math.floor(row / channels.length) % devices;
      const passed = Math.floor(row / (channels.length * devices)) * step;
      if (!channel) break;
      const value = (passed / day) * channel.perDay + noise() * channel.noise;
      text += `${new Date(start + passed).toISOString().replace('.000Z', '+00:00')},${channel.name},${value.toFixed(2)},D${device + 1}\n`;
      if (text.length > 1 << 20) {
        writeSync(handle, text);
        text = '';
      }
    }
    writeSync(handle, text);
  } finally {
    closeSync(handle);
  }
}

/** 0 to 1, the same in every run (a linear congruential generator is noise enough for a file). */
function noiseOf(first: number): () => number {
  let state = first;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x7fffffff;
}
