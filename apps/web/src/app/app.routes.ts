import type { Routes } from '@angular/router';
import { sessionGuard } from './session/session-guard.ts';
import { Shell } from './shell/shell.ts';

export const routes: Routes = [
  {
    path: 'login',
    title: 'Sign in',
    loadComponent: () => import('./session/login/login.ts').then((file) => file.Login),
  },
  {
    path: '',
    component: Shell,
    canActivate: [sessionGuard],
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'pipelines' },
      {
        path: 'pipelines',
        title: 'Pipelines',
        loadComponent: () => import('./pipelines/pipeline-list.ts').then((file) => file.PipelineList),
      },
      {
        path: 'pipelines/:id',
        title: 'Pipeline',
        loadComponent: () => import('./pipelines/pipeline-page.ts').then((file) => file.PipelinePage),
      },
      {
        path: 'executions',
        title: 'Activity',
        loadComponent: () => import('./execution-monitor/activity.ts').then((file) => file.Activity),
      },
      {
        path: 'executions/:id',
        title: 'Execution',
        loadComponent: () => import('./execution-monitor/execution-page.ts').then((file) => file.ExecutionPage),
      },
      {
        path: 'positions',
        title: 'Positions',
        loadComponent: () => import('./positions/positions.ts').then((file) => file.Positions),
      },
      {
        path: 'positions/:id',
        title: 'Position',
        loadComponent: () => import('./positions/position-page.ts').then((file) => file.PositionPage),
      },
      {
        path: 'reports',
        title: 'Reports',
        loadComponent: () => import('./reports/report-list.ts').then((file) => file.ReportList),
      },
      {
        path: 'reports/:id',
        title: 'Report',
        loadComponent: () => import('./reports/report-page.ts').then((file) => file.ReportPage),
      },
      {
        path: '**',
        title: 'Not found',
        loadComponent: () => import('./shell/not-found.ts').then((file) => file.NotFound),
      },
    ],
  },
];
