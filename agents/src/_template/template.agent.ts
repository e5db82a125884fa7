// One sentence of purpose: input → what is done with it → output.
import { defineAgent } from '@bellwether/kernel';
import { type TemplateConfig, TemplateConfigSchema, templateConfig } from './template.schema.ts';

export const templateAgent = defineAgent<TemplateConfig>({
  type: 'template_agent',
  version: 1,
  category: 'analysis',
  name: 'Template',
  description: 'Lets a symbol pass when its last bar moved enough.',
  icon: 'puzzle',
  rate: '0',
  reads: ['market_data'],
  writes: null,
  config: { schema: TemplateConfigSchema, parse: templateConfig },
  timeframes: ({ timeframe }) => [timeframe],
  decide(_input, { timeframe, leastChange }, context) {
    const bars = context.bars(timeframe, 2);
    const [before, now] = [bars.close[0], bars.close[1]];
    if (bars.length < 2 || before === undefined || now === undefined) {
      const text = `fewer than two closed ${timeframe} bars`;
      return {
        kind: 'blocked',
        refusal: { rule: 'no_bars', value: bars.length, threshold: 2, distance: 2 - bars.length, text },
        summary: text,
      };
    }
    const change = Math.abs(now / before - 1);
    if (change >= leastChange) return { kind: 'pass', summary: `moved ${(change * 100).toFixed(2)} %` };
    const text = `moved ${(change * 100).toFixed(2)} %, needs ${leastChange * 100} %`;
    return {
      kind: 'blocked',
      refusal: {
        rule: 'change_too_small',
        value: change,
        threshold: leastChange,
        distance: leastChange - change,
        text,
      },
      summary: text,
    };
  },
});
