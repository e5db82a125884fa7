import { Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { EmptyState } from '../design/empty-state.ts';

@Component({
  selector: 'bw-not-found',
  imports: [EmptyState, RouterLink],
  template: `
    <div class="page">
      <h1 tabindex="-1">Not found</h1>
      <bw-empty>There is nothing at this address. <a action routerLink="/pipelines">All pipelines</a></bw-empty>
    </div>
  `,
})
export class NotFound {}
