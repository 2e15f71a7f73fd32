package dev.pollux.structure;

/** What a {@link TaskScope} does when one of its children fails. */
public enum FailurePolicy {
  /**
   * The children succeed or fail together: the first failure cancels the others, and the scope owns
   * it. {@link TaskScope#join()} throws it, whoever joins the child's handle sees it as well, and
   * if neither happens it is reported when the scope is closed.
   */
  CANCEL_SIBLINGS,

  /**
   * Each child stands for itself: its failure belongs to its handle, as that of any task, and the
   * others go on.
   */
  KEEP_GOING
}
