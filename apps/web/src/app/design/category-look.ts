import {
  LucideBot,
  LucideDatabase,
  LucideFileText,
  type LucideIcon,
  LucideScale,
  LucideSearch,
  LucideSend,
  LucideZap,
} from '@lucide/angular';

export type Category = 'trigger' | 'data' | 'analysis' | 'risk' | 'execution' | 'reporting' | 'system';

const ICONS: Readonly<Record<Category, LucideIcon>> = {
  trigger: LucideZap,
  data: LucideDatabase,
  analysis: LucideSearch,
  risk: LucideScale,
  execution: LucideSend,
  reporting: LucideFileText,
  system: LucideBot,
};

export function categoryIcon(category: Category): LucideIcon {
  return ICONS[category];
}

/** Category of an agent the catalogue does not know yet, told from its type. */
export function guessCategory(agentType: string): Category {
  if (agentType.endsWith('_trigger')) return 'trigger';
  if (agentType.includes('market_data') || agentType.includes('picker')) return 'data';
  if (agentType.includes('risk')) return 'risk';
  if (agentType.includes('trade')) return 'execution';
  if (agentType.includes('report')) return 'reporting';
  return agentType.includes('pipeline_manager') ? 'system' : 'analysis';
}
