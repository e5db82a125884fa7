import { bootstrapApplication } from '@angular/platform-browser';
import { appConfig } from './app/app.config.ts';
import { App } from './app/app.ts';

bootstrapApplication(App, appConfig).catch((error: unknown) => {
  // Nothing is on screen yet that could show it.
  console.error(error);
});
