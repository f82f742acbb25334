// What a machine lacks, told from what fails on it.

/** TimescaleDB can't be fetched here: no network, no package. Whatever goes wrong once it is here is a failure and another error. */
export class NotToBeHad extends Error {
  name = 'NotToBeHad';
}

/** Runs a step that fetches something; its failure is the machine's lack. */
export async function fetched(what, step) {
  try {
    return await step();
  } catch (error) {
    throw new NotToBeHad(`${what} could not be fetched: ${error.message}`, { cause: error });
  }
}
