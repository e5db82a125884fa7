import { Component, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import { LadderBar } from '../design/ladder-bar/ladder-bar.ts';
import { ModeBadge } from '../design/mode-badge.ts';
import { Figure } from '../design/number-pipes.ts';
import { ExchangeTime } from '../design/time-pipes.ts';
import { CloseState } from './close-state.ts';
import type { PositionGroup, PositionView } from './position-view.ts';
import { Protection } from './protection.ts';

/** The positions of one account in one mode, under that account's own totals. */
@Component({
  selector: 'bw-position-group',
  imports: [CloseState, ExchangeTime, Figure, LadderBar, ModeBadge, Protection, RouterLink],
  templateUrl: './position-group.html',
  styleUrl: './position-group.css',
})
export class PositionGroupTable {
  readonly group = input.required<PositionGroup>();
  readonly whyNot = input<string | undefined>(undefined);
  readonly ask = output<PositionView>();
}
