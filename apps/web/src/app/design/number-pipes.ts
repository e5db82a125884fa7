import { Pipe, type PipeTransform } from '@angular/core';
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

@Pipe({ name: 'word' })
export class Word implements PipeTransform {
  transform(code: string | null | undefined, form: 'start' | 'inline' = 'start'): string {
    if (code === null || code === undefined) return '–';
    return form === 'inline' ? code.replaceAll('_', ' ') : formatWord(code);
  }
}
