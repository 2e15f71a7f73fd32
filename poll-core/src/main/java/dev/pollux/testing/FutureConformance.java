package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a future keeps the contract of {@link Future}, law by law.
 *
 * <pre>{@code
 * FutureConformance.of("join", kit -> Futures.join(kit.future("left", 1), kit.future("right", 2), kit.biFunction(Integer::sum)))
 *     .expectValue(3)
 *     .check();
 * }</pre>
 *
 * <p>The function given to {@link #of} is called many times and must make a fresh, unpolled future
 * each time: from children and functions of the {@link ConformanceKit}, or, for a leaf, with the
 * events that wake it. In a test framework each {@link LawCheck} can be a test of its own:
 *
 * <pre>{@code
 * @TestFactory
 * Stream<DynamicTest> joinConforms() {
 *   return conformance.checks().stream().map(check -> DynamicTest.dynamicTest(check.name(), check::run));
 * }
 * }</pre>
 *
 * @param <T> the output of the future
 * @threading one thread at a time
 */
public final class FutureConformance<T extends @Nullable Object> {

  private final Terms terms;

  private FutureConformance(Terms terms) {
    this.terms = terms;
  }

  /**
   * A suite for one future.
   *
   * @param name its name in messages
   * @param subject makes a fresh one of the kit that it is given
   * @param <T> the output of the future
   */
  public static <T extends @Nullable Object> FutureConformance<T> of(
      String name, Function<? super ConformanceKit, ? extends Future<T>> subject) {
    requireNonNull(subject, "subject");
    return new FutureConformance<>(
        new Terms(
            requireNonNull(name, "name"),
            false,
            (kit, plan, enough) -> new FutureSubject<T>(subject.apply(kit), plan.budget())));
  }

  // ---- what is expected

  /** It completes with a value equal to {@code value}. */
  @CanIgnoreReturnValue
  public FutureConformance<T> expectValue(@Nullable T value) {
    return expectValue("be " + value, answer -> Objects.equals(answer, value));
  }

  /**
   * It completes with a value of which {@code holds} is true.
   *
   * @param what what the value must do, in a few words, such as {@code "be even"}
   * @param holds tests the value
   */
  @CanIgnoreReturnValue
  public FutureConformance<T> expectValue(String what, Predicate<? super T> holds) {
    requireNonNull(what, "what");
    requireNonNull(holds, "holds");
    terms.expectation =
        trial -> {
          Poll<T> output = trial.end() == Trial.End.COMPLETED ? output(trial) : null;
          if (output == null) {
            return "its value should " + what + ", but " + trial.outcome();
          }
          return holds.test(output.value())
              ? null
              : "its value should " + what + ", but is " + output.value();
        };
    return this;
  }

  @SuppressWarnings("unchecked") // of() makes the subject
  private @Nullable Poll<T> output(Trial trial) {
    return ((FutureSubject<T>) trial.subject).output();
  }

  /** It fails with an exception of {@code type}. */
  @CanIgnoreReturnValue
  public FutureConformance<T> expectFailure(Class<? extends Throwable> type) {
    requireNonNull(type, "type");
    terms.expectation =
        trial ->
            type.isInstance(trial.failure())
                ? null
                : "it should fail with " + type.getName() + ", but " + trial.outcome();
    return this;
  }

  /** It is pending for ever, and nothing wakes it. */
  @CanIgnoreReturnValue
  public FutureConformance<T> expectNever() {
    terms.never = true;
    terms.expectation =
        trial ->
            trial.end() == Trial.End.STUCK
                ? null
                : "it should be pending for ever, but " + trial.outcome();
    return this;
  }

  // ---- liberties that it takes

  /**
   * An exception of a child or a function may be answered by something else: it recovers, or makes
   * a value of it.
   */
  @CanIgnoreReturnValue
  public FutureConformance<T> recovers() {
    terms.recovers = true;
    return this;
  }

  /**
   * Its output owns the children that are not over, so they need not be cancelled when it
   * completes.
   */
  @CanIgnoreReturnValue
  public FutureConformance<T> handsBackChildren() {
    terms.handsBack = true;
    return this;
  }

  /**
   * When it fails or is cancelled, it discards every value of its children that it holds; functions
   * of the kit are the only ones that it has handed values to. Asks for {@link Law#HELD_VALUES} to
   * be checked.
   */
  @CanIgnoreReturnValue
  public FutureConformance<T> discardsWhatItHolds() {
    terms.discards = true;
    return this;
  }

  /**
   * Leaves a law out.
   *
   * @param law what is not checked
   * @param reason why it can't hold for this future
   */
  @CanIgnoreReturnValue
  public FutureConformance<T> without(Law law, String reason) {
    terms.leftOut.put(requireNonNull(law, "law"), requireNonNull(reason, "reason"));
    return this;
  }

  // ---- checking

  /**
   * The checks, one for each law, to be run in any order.
   *
   * @throws IllegalStateException if nothing was said of what is expected
   */
  public List<LawCheck> checks() {
    return Suite.checks(terms);
  }

  /**
   * Runs all checks.
   *
   * @throws AssertionError if a law is broken, naming it; further ones are suppressed exceptions of
   *     the first
   * @throws IllegalStateException if nothing was said of what is expected
   */
  public void check() {
    Suite.checkAll(terms);
  }
}
