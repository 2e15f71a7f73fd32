package dev.pollux.operator;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the failure of one item among several that run side by side: it fails the stream,
 * it is thrown when all others are through, or somebody is told and the item is left out.
 *
 * <p>Belongs to one iterator. An {@code Error} always fails the stream.
 *
 * @threading confined to the polling task
 */
public final class ItemFailures {

  private enum Policy {
    FAIL,
    DELAY,
    SKIP
  }

  /** How many failures the one that is thrown at the end carries at most. */
  public static final int SUPPRESSED_LIMIT = 64;

  private final Policy policy;

  /** Told of what is skipped; null under the other policies, and once over. */
  private @Nullable Consumer<? super Exception> skipped;

  /** The first that was put off. */
  private @Nullable Throwable kept;

  private int suppressed;

  private ItemFailures(Policy policy, @Nullable Consumer<? super Exception> skipped) {
    this.policy = policy;
    this.skipped = skipped;
  }

  /** A failure of an item fails the stream. */
  public static ItemFailures fail() {
    return new ItemFailures(Policy.FAIL, null);
  }

  /** A failure is thrown at the end, and carries those that came after it. */
  public static ItemFailures delay() {
    return new ItemFailures(Policy.DELAY, null);
  }

  /** {@code told} is told of a failure, and the item is left out. */
  public static ItemFailures skip(Consumer<? super Exception> told) {
    return new ItemFailures(Policy.SKIP, requireNonNull(told, "told"));
  }

  /**
   * Takes the failure of an item.
   *
   * @return false if it is to fail the stream
   * @throws RuntimeException what the user's consumer throws, which fails the stream
   */
  public boolean absorb(Throwable failure, Discard discard) {
    if (policy == Policy.SKIP && failure instanceof Exception exception) {
      try {
        requireNonNull(skipped, "skipped").accept(exception);
      } catch (Throwable second) {
        if (second != failure) {
          second.addSuppressed(failure);
        }
        throw Raise.unchecked(second);
      }
      return true;
    }
    return absorbOfUpstream(failure, discard);
  }

  /** As {@link #absorb}, of a failure of the upstream, which has no item to be left out. */
  public boolean absorbOfUpstream(Throwable failure, Discard discard) {
    if (policy != Policy.DELAY || !(failure instanceof Exception)) {
      return false;
    }
    Throwable first = kept;
    if (first == null) {
      kept = failure;
    } else if (first != failure) {
      if (suppressed < SUPPRESSED_LIMIT) {
        suppressed++;
        first.addSuppressed(failure);
      } else {
        discard.uncaught(failure, "one failure more than are kept to the end of a stream");
      }
    }
    return true;
  }

  /** Whether the stream will fail when it has come to its end. */
  public boolean isOwed() {
    return kept != null;
  }

  /** Throws what was put off. */
  public void throwOwed() {
    Throwable thrown = kept;
    kept = null;
    if (thrown != null) {
      throw Raise.unchecked(thrown);
    }
  }

  /** Adds what was put off to a failure that ends the stream before it. */
  public void join(Throwable fatal) {
    Throwable first = kept;
    kept = null;
    if (first != null && first != fatal) {
      fatal.addSuppressed(first);
    }
  }

  /** Lets go: the stream is over. What was put off and not thrown is reported. */
  public void release(Discard discard) {
    Throwable unthrown = kept;
    kept = null;
    skipped = null;
    if (unthrown != null) {
      discard.uncaught(
          unthrown, "a failure that was put off to the end of a stream, cancelled before");
    }
  }
}
