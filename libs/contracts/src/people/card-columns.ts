import type { CardKind } from './card-state.js';

/** A field of a card as people call it: heading of a column in an import, label on the printed form. `path`: where it stands in the record. */
export interface CardColumn {
  path: string;
  zh: string;
  en: string;
}

const column = (path: string, zh: string, en: string): CardColumn => ({ path, zh, en });
const unit = (path: string, zh: string, en: string): CardColumn[] => [
  column(`${path}.unit`, `${zh}单位`, `${en} unit`),
  column(`${path}.name`, `${zh}负责人`, `${en} contact`),
  column(`${path}.phone`, `${zh}电话`, `${en} phone`),
];

/** Both 明白卡, field by field in the order of the forms (domain.md §3.1). */
export const cardColumns: Readonly<Record<CardKind, readonly CardColumn[]>> = {
  work: [
    column('hazardPoint', '统一编号', 'Unified code'),
    column('number', '编号', 'Number'),
    column('fieldNumber', '野外编号', 'Field number'),
    column('location', '灾害位置', 'Location'),
    column('typeAndScale', '类型及规模', 'Type and scale'),
    column('inducement', '诱发因素', 'Inducement'),
    column('threatened', '威胁对象', 'Threatened'),
    column('responsible.name', '监测负责人', 'Responsible person'),
    column('responsible.phone', '监测负责人电话', 'Responsible phone'),
    column('monitor.name', '监测员', 'Monitor'),
    column('monitor.phone', '监测员电话', 'Monitor phone'),
    column('signsToWatch', '监测主要迹象', 'Signs to watch'),
    column('methods', '监测主要手段和方法', 'Methods'),
    column('imminentCriteria', '临灾预报判据', 'Imminent criteria'),
    column('shelter', '预定避灾地点', 'Shelter'),
    column('evacuationRoute', '预定疏散路线', 'Evacuation route'),
    column('signal', '预定报警信号', 'Signal'),
    column('evacuationOrderedBy.name', '疏散命令发布人', 'Evacuation ordered by'),
    column('evacuationOrderedBy.phone', '疏散命令发布人值班电话', 'Evacuation order phone'),
    ...unit('rescue', '抢排险', 'Rescue'),
    ...unit('security', '治安保卫', 'Security'),
    ...unit('medical', '医疗救护', 'Medical'),
    ...unit('issuedBy', '发放', 'Issuing'),
    column('issuedOn', '发放日期', 'Issued on'),
    ...unit('holder', '持卡', 'Holder'),
    column('signedOn', '签收日期', 'Signed on'),
  ],
  household: [
    column('hazardPoint', '统一编号', 'Unified code'),
    column('number', '编号', 'Number'),
    column('householder', '户主姓名', 'Householder'),
    column('phone', '户主电话', 'Phone'),
    column('address', '家庭住址', 'Address'),
    column('memberCount', '家庭人数', 'Members'),
    column('houseType', '房屋类别', 'House type'),
    column('members', '家庭成员', 'Family'),
    column('hazardType', '灾害类型', 'Hazard type'),
    column('hazardScale', '灾害体规模', 'Hazard scale'),
    column('positionRelation', '灾害体与本住户的位置关系', 'Position to the hazard'),
    column('inducement', '诱发因素', 'Inducement'),
    column('notes', '本住户注意事项', 'Notes'),
    column('monitor.name', '监测人', 'Monitor'),
    column('monitor.phone', '监测人电话', 'Monitor phone'),
    column('signal', '预警信号', 'Signal'),
    column('signalBy.name', '预警信号发布人', 'Signal given by'),
    column('signalBy.phone', '预警信号发布人电话', 'Signal phone'),
    column('evacuationRoute', '撤离路线', 'Evacuation route'),
    column('shelter', '安置地点', 'Shelter'),
    column('shelterKeeper.name', '安置负责人', 'Shelter contact'),
    column('shelterKeeper.phone', '安置负责人电话', 'Shelter phone'),
    ...unit('medical', '救护', 'Medical'),
    ...unit('issuedBy', '发放', 'Issuing'),
    column('issuedOn', '发放日期', 'Issued on'),
    column('signedOn', '签收日期', 'Signed on'),
  ],
};

export const cardTitles: Readonly<Record<CardKind, { zh: string; en: string }>> = {
  work: { zh: '地质灾害防灾工作明白卡', en: 'Work card' },
  household: { zh: '地质灾害防灾避险明白卡', en: 'Household card' },
};
