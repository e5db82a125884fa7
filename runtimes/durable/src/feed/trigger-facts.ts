import { describeCondition } from '@bellwether/conditions';
import { formatInstant, type TriggerFact } from '@bellwether/domain';
import type { ExecutionPlan } from '@bellwether/kernel';

/** Returns the trigger as rows and streams spell it. */
export function triggerDocument(trigger: TriggerFact): Readonly<Record<string, unknown>> {
  return { node_id: trigger.nodeId, kind: trigger.kind, at: formatInstant(trigger.at), text: trigger.text };
}

/** What makes a trigger that is told twice one execution. */
export function triggerKey(sessionId: string, { nodeId, kind, at }: TriggerFact): string {
  return `${sessionId} ${nodeId ?? '-'} ${kind} ${at}`;
}

/** Says what an armed pipeline waits for, in the words of its own triggers. */
export function whatTriggers(plan: ExecutionPlan): string {
  const texts = plan.triggers.map(({ agent, config }) => {
    const watch = agent.watch?.(config);
    switch (watch?.kind) {
      case 'technical':
        return `${describeCondition(watch.condition)} on ${watch.timeframe}`;
      case 'price':
        return `${watch.symbol ?? plan.symbols.join(', ')} ${watch.operator} ${watch.value}`;
      default:
        return 'its time';
    }
  });
  if (texts.length > 0) return texts.join(', or ');
  return plan.pipeline.runMode === 'run_scheduled' ? 'its next due time' : 'its next cycle';
}
