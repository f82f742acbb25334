import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DeviceProfile, catalogueOf, type DeviceCatalogue } from '#libs/contracts';
import { packageRoot } from './package-root.js';

/** Where the instrument catalogue lies. */
export const catalogueDir = (): string => join(packageRoot(), 'devices');

/**
 * Reads every `<dir>/<id>/device.yaml`.
 * @throws Error naming the file and the field of every fault
 */
export function loadCatalogue(dir: string = catalogueDir()): DeviceCatalogue {
  const files = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(dir, entry.name, 'device.yaml')))
    .map((entry) => entry.name)
    .toSorted();
  if (files.length === 0) throw new Error(`no device profiles in ${dir}: expected <instrument>/device.yaml`);
  return catalogueOf(files.map((name) => readProfile(join(dir, name, 'device.yaml'), name)));
}

function readProfile(file: string, folder: string): DeviceProfile {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not readable YAML: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = DeviceProfile.safeParse(content);
  if (!parsed.success) throw new Error(`${file} is no device profile:\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.id !== folder) throw new Error(`${file}: its id is ${parsed.data.id}, its folder ${folder}; they must be equal`);
  return parsed.data;
}
