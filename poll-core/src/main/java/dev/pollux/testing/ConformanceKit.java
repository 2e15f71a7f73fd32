package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.spi.Spawner;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a subject under test is made of: children that answer when the suite says so and remember
 * what was done to them, functions that can be made to fail, and the events that a leaf waits for.
 *
 * <pre>{@code
 * FutureConformance.of("join", kit -> Futures.join(kit.future("left", 1), kit.future("right", 2), kit.biFunction(Integer::sum)))
 *     .expectValue(3)
 *     .check();
 * }</pre>
 *
 * <p>The suite makes many subjects, each from a kit of its own, and lets each live one life: with
 * children that are ready or late, cancelled after some poll, failing at some step. A <em>step</em>
 * is an answer of a child or a call of a function made here.
 *
 * <p>Values of classes that are not the JDK's own are watched: a subject that is over must not hold
 * them. So make them inside the function that makes the subject, and let nothing else hold them.
 *
 * @threading one thread at a time, handed over by the suite
 */
public final class ConformanceKit {

  private final Plan plan;
  private final PollHarness harness;
  private final Random random;

  private final List<Probe> probes = new ArrayList<>();
  private final Deque<Event> events = new ArrayDeque<>();
  private final Map<String, BooleanSupplier> invariants = new LinkedHashMap<>();
  private final List<Watched> watched = new ArrayList<>();

  // What the subject did, for the laws to judge.
  private final List<Probe> cancelled = new ArrayList<>();
  private final List<String> misuses = new ArrayList<>();
  private final List<Object> produced = new ArrayList<>();
  private final List<Object> handedOver = new ArrayList<>();
  private int steps;
  private int calls;
  private @Nullable Throwable injected;
  private @Nullable Throwable cancelFailure;

  /** Something that happens outside, once. */
  record Event(String name, Runnable action) {}

  ConformanceKit(Plan plan, PollHarness harness) {
    this.plan = plan;
    this.harness = harness;
    this.random = new Random(plan.seed());
  }

  // ---- children

  /**
   * A child that completes with {@code value}.
   *
   * @param name its name in messages and descriptions
   * @param value its output
   * @param <T> its output
   */
  public <T extends @Nullable Object> Future<T> future(String name, T value) {
    watch("the value of " + name, value);
    return add(new ProbeFuture<>(this, name, probes.size(), Poll.ready(value), null));
  }

  /**
   * A child that fails.
   *
   * @param name its name in messages and descriptions
   * @param failure what it throws
   * @param <T> its output
   */
  public <T extends @Nullable Object> Future<T> failingFuture(String name, Exception failure) {
    return add(
        new ProbeFuture<>(this, name, probes.size(), null, requireNonNull(failure, "failure")));
  }

  /**
   * A child that never answers.
   *
   * @param name its name in messages and descriptions
   * @param <T> its output
   */
  public <T extends @Nullable Object> Future<T> pendingFuture(String name) {
    return add(new ProbeFuture<>(this, name, probes.size(), null, null));
  }

  /**
   * A child that gives {@code elements} and ends.
   *
   * @param name its name in messages and descriptions
   * @param elements its elements
   * @param <T> the type of the elements
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  public final <T> AsyncIterator<T> iterator(String name, T... elements) {
    return iterator(name, List.of(elements), null);
  }

  /**
   * A child that gives {@code elements} and fails.
   *
   * @param name its name in messages and descriptions
   * @param failure what it throws after the elements
   * @param elements its elements
   * @param <T> the type of the elements
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and only read
  public final <T> AsyncIterator<T> failingIterator(String name, Exception failure, T... elements) {
    return iterator(name, List.of(elements), requireNonNull(failure, "failure"));
  }

  private <T> AsyncIterator<T> iterator(
      String name, List<T> elements, @Nullable Exception failure) {
    elements.forEach(element -> watch("an element of " + name, element));
    return add(new ProbeIterator<>(this, name, probes.size(), elements, failure));
  }

  private <P extends Probe> P add(P probe) {
    probes.add(probe);
    return probe;
  }

  // ---- functions

  /** {@code function}, watched, and a step at each call. */
  public <A, R> Function<A, R> function(Function<? super A, ? extends R> function) {
    requireNonNull(function, "function");
    return watch(
        "a function",
        argument -> {
          enter("a function", argument);
          return function.apply(argument);
        });
  }

  /** {@code function}, watched, and a step at each call. */
  public <A, B, R> BiFunction<A, B, R> biFunction(
      BiFunction<? super A, ? super B, ? extends R> function) {
    requireNonNull(function, "function");
    return watch(
        "a function",
        (first, second) -> {
          enter("a function", first, second);
          return function.apply(first, second);
        });
  }

  /** {@code predicate}, watched, and a step at each call. */
  public <A> Predicate<A> predicate(Predicate<? super A> predicate) {
    requireNonNull(predicate, "predicate");
    return watch(
        "a predicate",
        argument -> {
          enter("a predicate", argument);
          return predicate.test(argument);
        });
  }

  /** {@code consumer}, watched, and a step at each call. */
  public <A> Consumer<A> consumer(Consumer<? super A> consumer) {
    requireNonNull(consumer, "consumer");
    return watch(
        "a consumer",
        argument -> {
          enter("a consumer", argument);
          consumer.accept(argument);
        });
  }

  /** {@code supplier}, watched, and a step at each call. */
  public <R> Supplier<R> supplier(Supplier<? extends R> supplier) {
    requireNonNull(supplier, "supplier");
    return watch(
        "a supplier",
        () -> {
          enter("a supplier");
          return supplier.get();
        });
  }

  /** {@code callable}, watched, and a step at each call. */
  public <R> Callable<R> callable(Callable<? extends R> callable) {
    requireNonNull(callable, "callable");
    return watch(
        "a callable",
        () -> {
          enter("a callable");
          return callable.call();
        });
  }

  /**
   * Says that a function which the kit has no wrapper for was called: a step, which may be made to
   * fail. To be called first in that function.
   *
   * @param what the function, in a few words
   * @param arguments what it was called with
   */
  public void enter(String what, @Nullable Object... arguments) {
    calls++;
    for (Object argument : arguments) {
      if (argument != null) {
        handedOver.add(argument);
      }
    }
    Throwable failure = step(what, false);
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  /**
   * Watches {@code object}: once the subject is over, it must not hold it.
   *
   * @param object what must be let go of; nothing else may hold it, as a constant or a lambda that
   *     captures nothing is held by its class
   * @param <T> its type
   * @return the object
   */
  @CanIgnoreReturnValue
  public <T> T mustRelease(T object) {
    watched.add(new Watched("an object of " + object.getClass().getName(), object));
    return object;
  }

  // ---- the world outside

  /**
   * Lets something happen outside while the subject waits: what wakes a leaf that is not made of
   * the kit's children. The events happen in the order in which they were named, each when the
   * subject is pending and nothing has woken it.
   *
   * @param name what happens, in a few words
   * @param action makes it happen
   */
  public void event(String name, Runnable action) {
    events.add(new Event(requireNonNull(name, "name"), requireNonNull(action, "action")));
  }

  /**
   * States what must hold once the subject is over, however it ended: all permits are back, the
   * file is closed.
   *
   * @param name what holds, in a few words
   * @param holds asks whether it does
   */
  public void invariant(String name, BooleanSupplier holds) {
    invariants.put(requireNonNull(name, "name"), requireNonNull(holds, "holds"));
  }

  /**
   * The clock of the polls. The suite moves it to the next deadline when nothing else can happen.
   */
  public ManualClock clock() {
    return harness.clock();
  }

  /**
   * Where a subject may spawn tasks before it is polled: the spawner of the polls. The suite runs
   * them when nothing wakes the subject.
   */
  public Spawner spawner() {
    return harness.services().spawner();
  }

  /**
   * Adds a service for {@link dev.pollux.core.Context#service}, or a {@link
   * dev.pollux.spi.Blocking} for {@link dev.pollux.core.Context#blocking}.
   *
   * @param type the interface by which it is asked for
   * @param service the service
   * @param <S> the interface by which it is asked for
   */
  public <S> void offer(Class<S> type, S service) {
    harness.offer(type, service);
  }

  // ---- called by the probes

  /** How many {@code Pending}s come before the next answer of a child. */
  int nextDelay() {
    return switch (plan.pace()) {
      case READY -> 0;
      case LATE -> 1;
      case RANDOM -> random.nextInt(3);
    };
  }

  /** Counts a step. Returns what it must throw, if it must. */
  @Nullable Throwable step(String what, boolean checked) {
    if (steps++ != plan.failingStep()) {
      return null;
    }
    injected =
        plan.error()
            ? new Injected.Fatal(what)
            : checked ? new Injected.Failure(what) : new Injected.Unchecked(what);
    return injected;
  }

  void produced(@Nullable Object value) {
    if (value != null) {
      produced.add(value);
    }
  }

  void misused(String how) {
    misuses.add(how);
  }

  /** Notes that a child was cancelled in time; throws if the trial wants that. */
  void cancelled(Probe probe) {
    cancelled.add(probe);
    if (probe.age() == plan.throwingChild()) {
      Injected.Unchecked failure = new Injected.Unchecked("the cancel of " + probe.name());
      cancelFailure = failure;
      throw failure;
    }
  }

  /** Watches {@code object} unless it may be shared with the rest of the process. */
  @CanIgnoreReturnValue
  <T> T watch(String what, T object) {
    if (object != null && !(object instanceof Enum) && !isOfJdk(object.getClass())) {
      watched.add(new Watched(what, object));
    }
    return object;
  }

  private static boolean isOfJdk(Class<?> type) {
    return type.getClassLoader() == null;
  }

  // ---- asked by the trial and the laws

  List<Probe> probes() {
    return probes;
  }

  /** The child whose event comes next, if one waits. */
  @Nullable Probe nextWaiting() {
    List<Probe> waiting = probes.stream().filter(Probe::isWaiting).toList();
    if (waiting.isEmpty()) {
      return null;
    }
    return waiting.get(plan.pace() == Plan.Pace.RANDOM ? random.nextInt(waiting.size()) : 0);
  }

  @Nullable Event nextEvent() {
    return events.pollFirst();
  }

  boolean hasEvents() {
    return !events.isEmpty();
  }

  Random random() {
    return random;
  }

  List<Probe> live() {
    return probes.stream().filter(Probe::isLive).toList();
  }

  /** The children that were cancelled before they were over, in that order. */
  List<Probe> cancelled() {
    return cancelled;
  }

  List<String> misuses() {
    return misuses;
  }

  List<Object> produced() {
    return produced;
  }

  List<Object> handedOver() {
    return handedOver;
  }

  int steps() {
    return steps;
  }

  int calls() {
    return calls;
  }

  /** What was thrown at the failing step, if it was reached. */
  @Nullable Throwable injected() {
    return injected;
  }

  /** What the cancel of a child threw, if it did. */
  @Nullable Throwable cancelFailure() {
    return cancelFailure;
  }

  /** The invariants that do not hold. */
  List<String> brokenInvariants() {
    return invariants.entrySet().stream()
        .filter(invariant -> !invariant.getValue().getAsBoolean())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Lets go of everything, also in children that nobody has cancelled; returns what was watched.
   */
  List<Watched> letGo() {
    List<Watched> all = List.copyOf(watched);
    probes.forEach(Probe::end);
    watched.clear();
    events.clear();
    invariants.clear();
    produced.clear();
    handedOver.clear();
    injected = null;
    cancelFailure = null;
    return all;
  }

  @Override
  public String toString() {
    return "ConformanceKit[" + plan + "]";
  }
}
