import { createI18n } from 'vue-i18n';
import { en } from './en/index.js';
import { zh } from './zh/index.js';

export type Locale = 'zh' | 'en';
const key = 'wangshan.locale';

function remembered(): Locale {
  return localStorage.getItem(key) === 'en' ? 'en' : 'zh';
}

/** Messages are interpreted, never compiled to functions: the page's CSP allows no eval. */
export const i18n = createI18n({
  legacy: false,
  locale: remembered(),
  fallbackLocale: 'zh',
  messages: { zh, en },
});

export function setLocale(locale: Locale): void {
  i18n.global.locale.value = locale;
  localStorage.setItem(key, locale);
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
}
setLocale(remembered());
