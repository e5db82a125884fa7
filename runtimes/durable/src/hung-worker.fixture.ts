/** A worker whose slow agent never answers; it is killed by the test that started it. */
import { startRuntime } from './runtime.ts';
import { testOptions } from './test-options.fixture.ts';

const options = testOptions(process.argv[2] ?? '');
await startRuntime(
  {
    ...options,
    compile: (document) => {
      const plan = options.compile(document);
      const nodes = plan.nodes.map((node) =>
        node.agentType === 'slow_step'
          ? { ...node, agent: { ...node.agent, decide: () => new Promise<never>(() => undefined) } }
          : node,
      );
      return { ...plan, nodes, byId: new Map(nodes.map((node) => [node.id, node])) };
    },
  },
  { worker: true, feed: false, scheduler: false },
);
