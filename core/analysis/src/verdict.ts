/** Why an analyst could not judge. Abstaining is not neutral: it writes no signal and counts in no statistic. */
export type AbstainReason = 'not_warm';

/** An analyst's answer: a signal, or the reason why there is none. */
export type Verdict<T> =
  | { readonly kind: 'signal'; readonly signal: T }
  | { readonly kind: 'abstained'; readonly reason: AbstainReason; readonly detail: string };
