package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import dev.pollux.operator.Cancel;
import dev.pollux.spi.Unpolled;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future followed by functions on its outcome: {@code map}, {@code flatMap}, {@code recover} and
 * their kin.
 *
 * <p>Every operator makes one small node, and a chain of them, however it came to be, is run by the
 * outermost node in one loop: a million operators need no more stack than one.
 *
 * @param <T> the output after the last step
 * @cancellation cancels the future that is polled at the moment; no step runs any more
 * @threading confined to the polling task
 */
final class Chain<T extends @Nullable Object> implements Future<T> {
  /*
   * A node is two things: a future, with the `source` that it polls and the steps to take then, and one of these steps.
   *
   *   x.map(f).flatMap(g)          made      [flatMap g] -source-> [map f] -source-> x
   *                                running   [flatMap g] -source-> x,  steps: [map f] -next-> [flatMap g]
   *
   * Invariants
   *  I1  `source` is null if and only if the node is over as a future: ended, cancelled, or absorbed.
   *  I2  The steps of a node that is not over are a list along `next`, the one to be taken first at `this.next`. The
   *      node itself is always the last of them; so `next` of the node is the head of its list, and is free to be that,
   *      for nothing comes after the last.
   *  I3  A step that was taken keeps no function. The node's own step, once taken, stays in the list as PASSED.
   *
   * Absorbing. When the source is a chain itself, its steps are put before ours and its source becomes ours: two
   * links, by I2. It makes no difference whether the chain has been polled before. So a chain on the left (a.map(f)
   * .map(g) ...) is turned over link by link at the first poll, and a chain that a flatMap function returns (a
   * recursion on the right) takes the place of the step that was just taken, and nothing is left of that. A PASSED node
   * is not put on the list if it can be helped: a recursion whose every level is PASSED must not grow either.
   *
   * Yielding. To go on to a new source takes a unit of budget. So sources that are always ready give way to other tasks.
   *
   * Source: the stack of continuations of cats-effect's IOFiber; here the nodes themselves are the stack.
   */

  /** What a step is for, and what its function makes of it. */
  enum Step {
    MAP("map", true, false, false),
    FLAT_MAP("flatMap", true, false, true),
    /** A flatMap on nothing. */
    DEFER("defer", true, false, true),
    RECOVER("recover", false, true, false),
    RECOVER_WITH("recoverWith", false, true, true),
    HANDLE("handle", true, true, false),
    HANDLE_WITH("handleWith", true, true, true),
    MAP_FAILURE("mapFailure", false, true, false),
    /** These look at the outcome and leave it as it is. */
    INSPECT("inspect", true, false, false),
    INSPECT_FAILURE("inspectFailure", false, true, false),
    WHEN_DONE("whenDone", true, true, false),
    /** Taken already: leaves the outcome as it is. */
    PASSED("chain", false, false, false);

    private final String label;
    private final boolean takesValue;
    private final boolean takesFailure;
    private final boolean makesFuture;

    Step(String label, boolean takesValue, boolean takesFailure, boolean makesFuture) {
      this.label = label;
      this.takesValue = takesValue;
      this.takesFailure = takesFailure;
      this.makesFuture = makesFuture;
    }
  }

  /**
   * The outcome of a source or a step that has thrown; any other object is the value that it made.
   */
  private record Failure(Exception thrown) {}

  private @Nullable Future<?> source;
  private @Nullable Chain<?> next = this;
  private Step step;
  private @Nullable Object function;
  private @Nullable Discard discard;

  /**
   * Makes the node of one operator.
   *
   * @param source whose outcome the step is for
   * @param step what the function is for
   * @param function a {@code BiFunction} for {@code HANDLE} and {@code HANDLE_WITH}, a {@code
   *     BiConsumer} for {@code WHEN_DONE}, a {@code Consumer} for the two {@code INSPECT}, a {@code
   *     Function} for all others
   */
  Chain(Future<?> source, Step step, Object function) {
    this.source = source;
    this.step = step;
    this.function = function;
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    Future<?> source = this.source;
    if (source == null) {
      throw new PollAfterEndException(step.label);
    }
    if (discard == null) {
      Unpolled.used(this);
      discard = cx.discard();
    }
    try {
      while (true) {
        Object outcome;
        try {
          source = flatten(source);
          Poll<?> answer = source.poll(cx);
          if (answer.isPending()) {
            return Poll.pending();
          }
          outcome = answer.value();
        } catch (Exception thrown) {
          outcome = new Failure(thrown);
        }
        this.source = null;
        source = null;
        while (source == null) {
          Chain<?> node = requireNonNull(next);
          if (node == this && step == Step.PASSED) {
            return end(outcome);
          }
          Step taken = node.step;
          Object function = takeStep(node);
          boolean failed = outcome instanceof Failure;
          if (failed ? taken.takesFailure : taken.takesValue) {
            try {
              Object result = apply(taken, function, outcome);
              if (taken.makesFuture) {
                source = (Future<?>) requireNonNull(result, "the function of a step answered null");
                Unpolled.used(source); // it may be polled in the next turn only, or never
              } else {
                outcome = result;
              }
            } catch (Exception thrown) {
              outcome = failedAfter(taken, outcome, thrown);
            }
          }
        }
        this.source = source;
        if (!cx.tryProceed()) {
          return Poll.pending();
        }
      }
    } catch (Throwable failure) {
      cancel(); // an Error, past every step
      throw failure;
    }
  }

  /**
   * Absorbs the source as long as it is a chain that is not over; returns the source then, having
   * stored it.
   */
  private Future<?> flatten(Future<?> source) {
    if (!(source instanceof Chain<?>)) {
      return source;
    }
    Future<?> flat = source;
    this.source = null; // so that this chain, should it come back to itself, counts as over
    while (flat instanceof Chain<?> inner && inner.source != null) {
      flat = absorb(inner);
    }
    if (flat == this) {
      throw new PollAfterEndException("a chain that waits for itself");
    }
    this.source = flat;
    return flat;
  }

  private Future<?> absorb(Chain<?> inner) {
    Future<?> source = requireNonNull(inner.source);
    Chain<?> first = requireNonNull(inner.next);
    inner.source = null;
    inner.next = null;
    inner.discard = null;
    if (first == inner && inner.step == Step.PASSED) {
      return source;
    }
    Chain<?> after = requireNonNull(next);
    if (after != this && after.step == Step.PASSED) {
      after = unlink(after);
    }
    inner.next = after;
    next = first;
    return source;
  }

  /**
   * Takes the function out of {@code node}, the first of the list, and the node off the list unless
   * it is the last.
   */
  private @Nullable Object takeStep(Chain<?> node) {
    Object function = node.function;
    node.function = null;
    node.step = Step.PASSED;
    if (node != this) {
      next = unlink(node);
    }
    return function;
  }

  private static Chain<?> unlink(Chain<?> node) {
    Chain<?> after = requireNonNull(node.next);
    node.next = null;
    return after;
  }

  @SuppressWarnings("unchecked") // the types were checked where the operator was called
  private static @Nullable Object apply(
      Step step, @Nullable Object function, @Nullable Object outcome) {
    Exception thrown = outcome instanceof Failure failure ? failure.thrown() : null;
    Object value = thrown == null ? outcome : null;
    requireNonNull(function);
    switch (step) {
      case HANDLE, HANDLE_WITH -> {
        return ((BiFunction<@Nullable Object, @Nullable Exception, @Nullable Object>) function)
            .apply(value, thrown);
      }
      case WHEN_DONE -> {
        ((BiConsumer<@Nullable Object, @Nullable Exception>) function).accept(value, thrown);
        return outcome;
      }
      case INSPECT, INSPECT_FAILURE -> {
        ((Consumer<@Nullable Object>) function).accept(thrown == null ? value : thrown);
        return outcome;
      }
      default -> {
        Object result =
            ((Function<@Nullable Object, @Nullable Object>) function)
                .apply(thrown == null ? value : thrown);
        return step != Step.MAP_FAILURE
            ? result
            : new Failure((Exception) requireNonNull(result, "mapFailure: the function made null"));
      }
    }
  }

  /** The outcome after a step has thrown. Who only looks at a failure takes no failure's place. */
  private static Failure failedAfter(Step step, @Nullable Object outcome, Exception thrown) {
    boolean looks = step == Step.WHEN_DONE || step == Step.INSPECT_FAILURE;
    if (!looks || !(outcome instanceof Failure first)) {
      return new Failure(thrown);
    }
    if (first.thrown() != thrown) {
      first.thrown().addSuppressed(thrown);
    }
    return first;
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the last step made a T, null only where T says so
  private Poll<T> end(@Nullable Object outcome) throws Exception {
    next = null;
    discard = null;
    if (outcome instanceof Failure failure) {
      throw failure.thrown();
    }
    return Poll.ready((T) outcome);
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Discard discard = this.discard;
    Future<?> source = dissolve();
    while (source instanceof Chain<?> inner) {
      source = inner.dissolve();
    }
    Cancel.child(source, discard);
  }

  /** Makes this node over and empties its steps; returns the source that is left to cancel. */
  private @Nullable Future<?> dissolve() {
    Future<?> left = source;
    Chain<?> node = next;
    source = null;
    next = null;
    discard = null;
    while (node != null) {
      Chain<?> after = node == this ? null : node.next;
      node.function = null;
      node.step = Step.PASSED;
      node.next = null;
      node = after;
    }
    return left;
  }

  @Override
  public void describe(Description description) {
    Chain<?> innermost = this;
    Future<?> leaf = source;
    int steps = 0;
    while (true) {
      for (Chain<?> at = innermost.next; at != null; at = at == innermost ? null : at.next) {
        steps += at.step == Step.PASSED ? 0 : 1;
      }
      if (!(leaf instanceof Chain<?> inner) || inner.source == null) {
        break;
      }
      innermost = inner;
      leaf = inner.source;
    }
    Chain<?> first = innermost.next;
    description.name(first == null ? step.label : first.step.label);
    if (steps > 1) {
      description.with("steps", steps);
    }
    description.child("source", leaf);
  }
}
