package dev.pollux.operator;

import dev.pollux.core.AsyncIterator;
import org.jspecify.annotations.Nullable;

/**
 * An iterator that leaves it to its owner to cancel what is upstream of it, so that a pipeline is
 * cancelled in a loop however many of these it holds: what {@link UpstreamOwner} is for operators
 * that have their upstream to themselves.
 */
public interface Unwinding {

  /**
   * Cancels this iterator, but not the upstream that is without an owner then.
   *
   * @return that upstream, to be cancelled by the caller; null if there is none, because it is
   *     over, or still has other owners
   */
  @Nullable AsyncIterator<?> letGo();
}
