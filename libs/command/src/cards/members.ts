import type { HouseholdCard } from '#libs/contracts';

type Member = HouseholdCard['members'][number];
const sexWord = { male: '男', female: '女' } as const;
const sexOf: Readonly<Record<string, Member['sex']>> = { 男: 'male', 女: 'female', male: 'male', female: 'female', m: 'male', f: 'female' };

/** 王秀英/女/46/13900000011；王小明/男/12 */
export const membersText = (members: readonly Member[]): string =>
  members
    .map(({ name, sex, age, phone }) => [name, sex ? sexWord[sex] : '', age ?? '', phone ?? ''].join('/').replace(/\/+$/, ''))
    .join('；');

/**
 * Reads what `membersText` writes; parts may be left out from the right, separators be full or half width.
 * @throws Error saying which part is not understood
 */
export function readMembers(text: string): Member[] {
  return text
    .normalize('NFKC')
    .split(/[;、\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', sexText = '', ageText = '', phone = ''] = part.split(/[/|]/).map((each) => each.trim());
      const sex = sexText === '' ? undefined : sexOf[sexText.toLowerCase()];
      const age = ageText === '' ? undefined : Number(ageText.replace(/岁$/, ''));
      if (name === '' || (sexText !== '' && sex === undefined) || (age !== undefined && !Number.isInteger(age)))
        throw new Error('写作“姓名/性别/年龄/电话”，多人用“；”隔开 · write name/sex/age/phone, several separated by ;');
      return { name, ...(sex ? { sex } : {}), ...(age === undefined ? {} : { age }), ...(phone === '' ? {} : { phone }) };
    });
}
