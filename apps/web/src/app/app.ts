import { Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ModeBanner } from './shell/mode-banner.ts';

@Component({
  selector: 'app-root',
  imports: [RouterOutlet, ModeBanner],
  template: `<a class="skip" href="#main">Skip to content</a><bw-mode-banner /><router-outlet />`,
  styles: `
    .skip { position: fixed; z-index: 30; top: -48px; left: 8px; padding: 8px 12px; border-radius: var(--radius-small); background: var(--primary); color: var(--on-primary); font-weight: 550; }
    .skip:focus { top: 4px; }
  `,
})
export class App {}
