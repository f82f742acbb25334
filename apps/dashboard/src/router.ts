import { createRouter, createWebHistory } from 'vue-router';
import { whenSignedOut } from './station/api.js';
import { useSession } from './station/session.store.js';

/** Overview is in the first load; every other page comes when it is asked for. */
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', name: 'login', component: () => import('./pages/LoginPage.vue'), meta: { open: true } },
    { path: '/', name: 'overview', component: () => import('./pages/OverviewPage.vue') },
    { path: '/points/:code', name: 'point', component: () => import('./pages/PointPage.vue'), props: true },
    { path: '/warnings', name: 'warnings', component: () => import('./pages/WarningsPage.vue') },
    { path: '/warnings/:id', name: 'warning', component: () => import('./pages/WarningPage.vue'), props: true },
    { path: '/consultations', name: 'consultations', component: () => import('./pages/ConsultationsPage.vue') },
    { path: '/consultations/:id', name: 'consultation', component: () => import('./pages/ConsultationPage.vue'), props: true },
    { path: '/cards', name: 'cards', component: () => import('./pages/CardsPage.vue') },
    { path: '/devices', name: 'devices', component: () => import('./pages/DevicesPage.vue') },
    { path: '/quarantine', name: 'quarantine', component: () => import('./pages/QuarantinePage.vue') },
    { path: '/audit', name: 'audit', component: () => import('./pages/AuditPage.vue') },
    { path: '/settings', name: 'settings', component: () => import('./pages/SettingsPage.vue') },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  await session.restore();
  if (!session.user && to.meta['open'] !== true) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  if (session.user && to.name === 'login') return { name: 'overview' };
  return true;
});

whenSignedOut(() => {
  const session = useSession();
  session.user = null;
  const from = router.currentRoute.value;
  if (from.meta['open'] !== true) void router.push({ name: 'login', query: { next: from.fullPath } });
});
