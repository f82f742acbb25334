import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { DeviceProduct, DeviceProfile, catalogueOf, type DeviceCatalogue } from '#libs/contracts';
import { packageRoot } from './package-root.js';

/** Where the instrument catalogue lies. */
export const catalogueDir = (): string => join(packageRoot(), 'devices');

/**
 * Reads every `<dir>/<id>/device.yaml` and every `<dir>/<id>/products/<product>.yaml`.
 * @throws Error naming the file and the field of every fault
 */
export function loadCatalogue(dir: string = catalogueDir()): DeviceCatalogue {
  const folders = readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(dir, entry.name, 'device.yaml')))
    .map((entry) => entry.name)
    .toSorted();
  if (folders.length === 0) throw new Error(`no device profiles in ${dir}: expected <instrument>/device.yaml`);
  const profiles = folders.map((name) => readChecked(join(dir, name, 'device.yaml'), name, DeviceProfile, 'device profile'));
  const products = folders.flatMap((folder) => productFiles(join(dir, folder, 'products')).map((file) => readProduct(file, folder)));
  return catalogueOf(profiles, products);
}

const productFiles = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((name) => name.endsWith('.yaml'))
        .toSorted()
        .map((name) => join(dir, name))
    : [];

function readProduct(file: string, folder: string): DeviceProduct {
  const product = readChecked(file, basename(file, '.yaml'), DeviceProduct, 'device product');
  if (product.of !== folder) throw new Error(`${file}: it is a product of ${product.of}, but lies in the folder of ${folder}`);
  return product;
}

/** @param id what the file calls itself, as its place says */
function readChecked<T extends { id: string }>(file: string, id: string, schema: z.ZodType<T>, what: string): T {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not readable YAML: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw new Error(`${file} is no ${what}:\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.id !== id)
    throw new Error(`${file}: its id is ${parsed.data.id}, its ${what === 'device profile' ? 'folder' : 'file'} ${id}; they must be equal`);
  return parsed.data;
}
