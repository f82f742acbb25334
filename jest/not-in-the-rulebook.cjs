throw new Error('A rulebook test loads only libs/contracts and libs/evaluate: no Nest, no database, no network (jest.config.ts).');
