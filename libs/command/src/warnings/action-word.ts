import { Problem } from '#libs/contracts';

/**
 * The action a request names in its path.
 * @param on what it is to be carried out on
 * @throws Problem not-found, naming those there are
 */
export function actionNamed<A extends string>(word: string, actions: readonly A[], on: string): A {
  const action = actions.find((one) => one === word);
  if (!action) throw new Problem('not-found', `There is no action ${word} on a ${on}; there are ${actions.join(', ')}`);
  return action;
}
