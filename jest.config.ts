import type { Config } from 'jest';

/**
 * jest tests the rulebook: its test files are the geologists' YAML (alert-rules/*.cases.yaml). It loads only the pure core; a
 * rulebook test that reaches for Nest, a database or the network fails to resolve.
 */
const config: Config = {
  displayName: 'rulebook',
  rootDir: '.',
  roots: ['<rootDir>/alert-rules'],
  testMatch: ['**/*.cases.yaml'],
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json', 'yaml'],
  transform: {
    '\\.cases\\.yaml$': '<rootDir>/jest/cases-transformer.cjs',
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }],
  },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'require', 'default'] },
  moduleNameMapper: {
    '^(@nestjs|pg|mqtt|aedes|socket\\.io)(/.*)?$': '<rootDir>/jest/not-in-the-rulebook.cjs',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testTimeout: 30_000,
};

export default config;
