import { groupWords } from './condition-words.ts';
import { formatWord } from './format.ts';

type Config = Readonly<Record<string, unknown>>;

/** One line that tells a placed agent from another of its type: what it waits for, fetches or allows. Empty where the defaults say nothing. */
export function summarizeConfig(agentType: string, config: Config = {}): string {
  switch (agentType) {
    case 'technical_trigger':
      return joined(groupWords(config['conditions']), text(config['timeframe']));
    case 'condition_gate':
      return groupWords(config['conditions']);
    case 'price_trigger':
      return joined(
        [text(config['symbol']), text(config['operator']).replaceAll('_', ' '), text(config['value'])].join(' '),
      );
    case 'time_trigger':
      return scheduleWords(config['schedule']);
    case 'market_data_agent':
      return joined(list(config['timeframes']), count(config['indicators'], 'indicator'));
    case 'bias_agent':
      return joined(analyst(config), list(config['analysis_timeframes']));
    case 'strategy_agent':
      return joined(analyst(config), text(config['timeframe']), text(config['direction']));
    case 'rule_strategy_agent':
      return joined(groupWords(config['long_entry']) || groupWords(config['short_entry']), text(config['timeframe']));
    case 'risk_manager_agent':
      return sizingWords(config);
    case 'trade_manager_agent':
      return text(config['exit_style']).replaceAll('_', ' ');
    case 'reporting_agent':
      return config['summary'] === 'model' ? 'written by a model' : 'template';
    default:
      return '';
  }
}

function scheduleWords(schedule: unknown): string {
  if (typeof schedule !== 'object' || schedule === null) return '';
  const parts = schedule as Config;
  if (typeof parts['expression'] === 'string') return parts['expression'];
  if (typeof parts['time'] === 'string') return `at ${parts['time']}`;
  const offset = parts['offset_minutes'];
  if (typeof offset === 'number') return offset === 0 ? 'at the open' : `${offset} min after the open`;
  return formatWord(text(parts['type'] ?? parts['kind'])).toLowerCase();
}

function sizingWords(config: Config): string {
  const sizing = text(config['sizing']) || 'risk_fraction';
  const value = config[sizing];
  if (typeof value !== 'number' && typeof value !== 'string') return formatWord(sizing).toLowerCase();
  if (sizing.endsWith('_fraction'))
    return `${Number((Number(value) * 100).toFixed(2))}% ${sizing === 'risk_fraction' ? 'risk' : 'of equity'}`;
  return sizing === 'fixed_quantity' ? `${value} shares` : `$${value}`;
}

function analyst(config: Config): string {
  return config['analyst'] === 'crew' ? 'model crew' : 'rules';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(text).filter(Boolean).join(' ') : '';
}

function count(value: unknown, noun: string): string {
  if (!Array.isArray(value) || value.length === 0) return '';
  return `${value.length} ${noun}${value.length === 1 ? '' : 's'}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join(' · ');
}
