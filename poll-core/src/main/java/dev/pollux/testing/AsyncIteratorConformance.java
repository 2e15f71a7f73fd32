package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Checks that an iterator keeps the contract of {@link AsyncIterator}, law by law.
 *
 * <pre>{@code
 * AsyncIteratorConformance.of("map", kit -> kit.iterator("source", 1, 2, 3).map(kit.function(n -> n * n)))
 *     .expectElements(1, 4, 9)
 *     .check();
 * }</pre>
 *
 * <p>The function given to {@link #of} is called many times and must make a fresh, unpolled
 * iterator each time; see {@link FutureConformance}.
 *
 * @param <T> the type of the elements
 * @threading one thread at a time
 */
public final class AsyncIteratorConformance<T> {

  private final Terms terms;

  private AsyncIteratorConformance(Terms terms) {
    this.terms = terms;
  }

  /**
   * A suite for one iterator.
   *
   * @param name its name in messages
   * @param subject makes a fresh one of the kit that it is given
   * @param <T> the type of the elements
   */
  public static <T> AsyncIteratorConformance<T> of(
      String name, Function<? super ConformanceKit, ? extends AsyncIterator<T>> subject) {
    requireNonNull(subject, "subject");
    return new AsyncIteratorConformance<>(
        new Terms(
            requireNonNull(name, "name"),
            true,
            (kit, plan, enough) ->
                new IteratorSubject<T>(subject.apply(kit), plan, kit.random(), enough)));
  }

  // ---- what is expected

  /** It gives these elements, and ends. */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  @CanIgnoreReturnValue
  public final AsyncIteratorConformance<T> expectElements(T... elements) {
    List<T> expected = List.of(elements);
    terms.expectation =
        trial ->
            trial.end() == Trial.End.COMPLETED && sameElements(expected, given(trial))
                ? null
                : "it should give " + expected + " and end, but " + trial.outcome();
    return this;
  }

  /**
   * It gives these elements, and fails.
   *
   * @param type the class of the failure
   * @param elements what comes before it
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  @CanIgnoreReturnValue
  public final AsyncIteratorConformance<T> expectFailure(
      Class<? extends Throwable> type, T... elements) {
    requireNonNull(type, "type");
    List<T> expected = List.of(elements);
    terms.expectation =
        trial ->
            type.isInstance(trial.failure()) && sameElements(expected, given(trial))
                ? null
                : "it should give "
                    + expected
                    + " and fail with "
                    + type.getName()
                    + ", but "
                    + trial.outcome();
    return this;
  }

  /** It gives these elements, and would go on: it is cancelled after them. */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  @CanIgnoreReturnValue
  public final AsyncIteratorConformance<T> expectBeginning(T... elements) {
    terms.enough = elements.length;
    return expectElements(elements);
  }

  /** It is pending for ever, and nothing wakes it. */
  @CanIgnoreReturnValue
  public AsyncIteratorConformance<T> expectNever() {
    terms.never = true;
    terms.expectation =
        trial ->
            trial.end() == Trial.End.STUCK && given(trial).isEmpty()
                ? null
                : "it should be pending for ever, but " + trial.outcome();
    return this;
  }

  private boolean sameElements(List<T> expected, List<?> given) {
    if (!terms.anyOrder) {
      return expected.equals(given);
    }
    List<Object> left = new ArrayList<>(given);
    return expected.size() == given.size() && expected.stream().allMatch(left::remove);
  }

  private static List<?> given(Trial trial) {
    return ((IteratorSubject<?>) trial.subject).elements();
  }

  // ---- liberties that it takes

  /** The elements may come in any order. */
  @CanIgnoreReturnValue
  public AsyncIteratorConformance<T> inAnyOrder() {
    terms.anyOrder = true;
    return this;
  }

  /**
   * An exception of a child or a function may be answered by something else: it recovers, or makes
   * a value of it.
   */
  @CanIgnoreReturnValue
  public AsyncIteratorConformance<T> recovers() {
    terms.recovers = true;
    return this;
  }

  /**
   * When it fails or is cancelled, it discards every value of its children that it holds; functions
   * of the kit are the only ones that it has handed values to. Asks for {@link Law#HELD_VALUES} to
   * be checked.
   */
  @CanIgnoreReturnValue
  public AsyncIteratorConformance<T> discardsWhatItHolds() {
    terms.discards = true;
    return this;
  }

  /**
   * Leaves a law out.
   *
   * @param law what is not checked
   * @param reason why it can't hold for this iterator
   */
  @CanIgnoreReturnValue
  public AsyncIteratorConformance<T> without(Law law, String reason) {
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
