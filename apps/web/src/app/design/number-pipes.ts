import { Pipe, type PipeTransform } from '@angular/core';
import { withoutCodes } from './code-words.ts';
import {
  type DecimalInput,
  formatModelCost,
  formatMoney,
  formatNumber,
  formatPercent,
  formatPnl,
  formatPrice,
  formatQuantity,
  formatR,
  formatScore,
  formatShare,
  formatWord,
} from './format.ts';

const FORMS = {
  money: formatMoney,
  pnl: formatPnl,
  price: formatPrice,
  quantity: formatQuantity,
  percent: formatPercent,
  share: formatShare,
  r: formatR,
  score: formatScore,
  cost: formatModelCost,
  number: formatNumber,
} as const;

@Pipe({ name: 'figure' })
export class Figure implements PipeTransform {
  transform(value: DecimalInput, form: keyof typeof FORMS): string {
    return FORMS[form](value);
  }
}

/** A reason of the server, in which a rule may stand by its code. */
@Pipe({ name: 'reason' })
export class Reason implements PipeTransform {
  transform(text: string | null | undefined): string {
    return text === null || text === undefined ? '–' : withoutCodes(text);
  }
}

@Pipe({ name: 'word' })
export class Word implements PipeTransform {
  transform(code: string | null | undefined, form: 'start' | 'inline' = 'start'): string {
    if (code === null || code === undefined) return '–';
    return form === 'inline' ? code.replaceAll('_', ' ') : formatWord(code);
  }
}
