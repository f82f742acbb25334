import type { Problem, ProblemCode } from '#libs/contracts';

/** Short title of each problem: Chinese first. docs/errors.md explains them; a test keeps the two equal. */
export const problemTitles: Readonly<Record<ProblemCode, { zh: string; en: string }>> = {
  'invalid-request': { zh: '请求内容有误', en: 'Invalid request' },
  unauthenticated: { zh: '未登录或登录已失效', en: 'Not logged in' },
  'wrong-credentials': { zh: '用户名或密码错误', en: 'Wrong user name or password' },
  forbidden: { zh: '没有权限', en: 'Not allowed' },
  'out-of-scope': { zh: '不在本人辖区内', en: 'Outside your area' },
  'not-found': { zh: '没有找到', en: 'Not found' },
  'already-exists': { zh: '已经存在', en: 'Already exists' },
  'illegal-transition': { zh: '当前状态不允许此操作', en: 'Not legal in this state' },
  'version-conflict': { zh: '已被他人修改', en: 'Changed by someone else' },
  'idempotency-mismatch': { zh: '幂等键已用于其他请求', en: 'Key used for another request' },
  'drill-immutable': { zh: '演练时钟不可修改', en: 'A drill can’t be changed' },
  'too-large': { zh: '请求内容过大', en: 'Too large' },
  'unknown-profile': { zh: '没有这种设备型谱', en: 'Unknown device profile' },
  'unknown-rulebook': { zh: '没有这个规则集', en: 'Unknown rulebook' },
  'invalid-rulebook': { zh: '规则文件有误', en: 'Not a rulebook' },
  'rulebook-scope': { zh: '规则集不适用于该隐患点', en: 'Not a rulebook for this point' },
  'too-many-attempts': { zh: '尝试次数过多，请稍后再试', en: 'Too many attempts' },
  internal: { zh: '系统内部错误', en: 'Internal error' },
  'not-ready': { zh: '系统暂不可用', en: 'Not ready' },
};

/** Body of an `application/problem+json` answer (RFC 9457 §3.1). */
export function problemBody(problem: Problem, instance: string): Record<string, unknown> {
  const title = problemTitles[problem.code];
  return {
    type: `urn:wangshan:problem:${problem.code}`,
    title: `${title.zh} · ${title.en}`,
    status: problem.status,
    code: problem.code,
    detail: problem.detail,
    instance,
    ...problem.extra,
  };
}
