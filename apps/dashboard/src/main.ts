// oxlint-disable-next-line import/no-unassigned-import -- must run before any schema is made
import './station/zod-without-eval.js';
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n } from './i18n/index.js';
import { router } from './router.js';
// oxlint-disable-next-line import/no-unassigned-import -- the style sheet of all pages
import './styles.css';

const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 5_000, retry: 1 } } });

createApp(App).use(createPinia()).use(i18n).use(router).use(VueQueryPlugin, { queryClient }).mount('#app');
