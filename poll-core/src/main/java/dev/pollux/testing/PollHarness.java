package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Poller;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import dev.pollux.core.Waker;
import dev.pollux.spi.Blocking;
import dev.pollux.spi.Services;
import dev.pollux.spi.Spawner;
import dev.pollux.spi.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Polls futures and iterators by hand: the runtime of a unit test. One call is one poll; nothing
 * runs in between, and no time passes unless the test says so.
 *
 * <pre>{@code
 * PollHarness harness = PollHarness.create();
 * Future<Integer> future = new PendingOnce<>(cx -> Poll.ready(7));
 * assert harness.poll(future).isPending();
 * assert harness.woken();
 * assert harness.poll(future).value() == 7;
 * }</pre>
 *
 * <p>A polled future finds in its context: a full budget, a {@link ManualClock} as its timer, a
 * {@linkplain Discard discard} that remembers what it was given, a spawner whose tasks are polled
 * by {@link #runTasks()}, and what {@link #offer} added. There is no {@link Blocking} unless one is
 * offered: a future that needs it fails with a {@link dev.pollux.core.MissingServiceException}.
 * Each poll has a context of its own, which refuses to be used later.
 *
 * <p>All polls of one harness show the same waker, as those of one task do, so one harness polls
 * one future, or several of which it does not matter which was woken.
 *
 * @threading the polling methods are used by one thread at a time, in an order that the test takes
 *     care of; what is asked of wakes, discards and failures may be asked from any thread
 */
public final class PollHarness {

  private final ManualClock clock;
  private final Offer services = new Offer();
  private final RecordingDiscard discard = new RecordingDiscard();
  private final HarnessSpawner spawner;
  private final Poller poller;
  private volatile CountingWaker waker = new CountingWaker();

  /** What {@link #waker} had counted when the last poll began. */
  private volatile long countBefore;

  private PollHarness(ManualClock clock, long seed) {
    this.clock = requireNonNull(clock, "clock");
    this.poller = new Poller(services, seed, true);
    this.spawner = new HarnessSpawner(poller, discard);
  }

  /** A harness with a clock of its own, which stands at zero. */
  public static PollHarness create() {
    return with(new ManualClock());
  }

  /**
   * A harness with the given clock.
   *
   * @param clock the timer of what is polled
   */
  public static PollHarness with(ManualClock clock) {
    return with(clock, 0);
  }

  /**
   * A harness with the given clock and random numbers.
   *
   * @param clock the timer of what is polled
   * @param seed where {@link dev.pollux.core.Context#nextInt} starts
   */
  public static PollHarness with(ManualClock clock, long seed) {
    return new PollHarness(clock, seed);
  }

  /**
   * Adds a service for {@link dev.pollux.core.Context#service}, such as a stand-in for an I/O
   * driver; or a {@link Blocking} for {@link dev.pollux.core.Context#blocking}.
   *
   * @param type the interface by which it is asked for
   * @param service the service
   * @param <S> the interface by which it is asked for
   */
  @CanIgnoreReturnValue
  public <S> PollHarness offer(Class<S> type, S service) {
    services.byType.put(requireNonNull(type, "type"), requireNonNull(service, "service"));
    return this;
  }

  // ---- polling

  /**
   * Polls {@code future} once.
   *
   * @param future what is polled
   * @param <T> the output of the future
   * @return its answer
   * @throws Exception what the future throws
   */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> Poll<T> poll(Future<T> future) throws Exception {
    Poller outer = begin();
    try {
      return poller.poll(future, waker);
    } finally {
      end(outer);
    }
  }

  /**
   * Polls {@code iterator} once.
   *
   * @param iterator what is polled
   * @param <T> the type of the elements
   * @return its answer
   * @throws Exception what the iterator throws
   */
  @CanIgnoreReturnValue
  public <T> Next<T> pollNext(AsyncIterator<T> iterator) throws Exception {
    Poller outer = begin();
    try {
      return poller.pollNext(iterator, waker);
    } finally {
      end(outer);
    }
  }

  /**
   * Gives {@code iterator} one turn of internal iteration.
   *
   * @param iterator what is polled
   * @param sink takes the elements
   * @param <T> the type of the elements
   * @return its answer
   * @throws Exception what the iterator throws
   */
  @CanIgnoreReturnValue
  public <T> Turn pollEach(AsyncIterator<T> iterator, Sink<? super T> sink) throws Exception {
    Poller outer = begin();
    try {
      return poller.pollEach(iterator, waker, sink);
    } finally {
      end(outer);
    }
  }

  private @Nullable Poller begin() {
    countBefore = waker.count();
    return poller.attach();
  }

  private void end(@Nullable Poller outer) {
    Poller.reattach(outer);
    if (poller.wokeItself()) {
      waker.wake();
    }
  }

  // ---- wakes

  /**
   * Whether a wake has come since the last poll began, during the poll included: what makes a task
   * be polled again.
   */
  public boolean woken() {
    return waker.count() > countBefore;
  }

  /** How often the waker was woken since it was first shown. */
  public long wakes() {
    return waker.count();
  }

  /** The waker that polls show. */
  public Waker waker() {
    return waker;
  }

  /**
   * Shows another waker from now on, as if what is polled had moved to another task: a wake of the
   * earlier one no longer counts.
   *
   * @return the waker that was shown so far
   */
  @CanIgnoreReturnValue
  public CountingWaker replaceWaker() {
    CountingWaker before = waker;
    waker = new CountingWaker();
    countBefore = 0;
    return before;
  }

  // ---- to the end

  /**
   * Polls {@code future} and the tasks it spawned for as long as something wakes them, until it is
   * done. Time does not move: a future that waits for a deadline is stuck.
   *
   * @param future what is polled
   * @param maxPolls how often {@code future} is polled at most
   * @param <T> the output of the future
   * @return its output
   * @throws AssertionError if it is still pending with nobody left to wake it, or after {@code
   *     maxPolls} polls; the message shows what it waits for
   * @throws Exception what the future throws
   */
  @CanIgnoreReturnValue
  public <T extends @Nullable Object> T runToCompletion(Future<T> future, int maxPolls)
      throws Exception {
    for (int polls = 1; polls <= maxPolls; polls++) {
      Poll<T> answer = poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      awaitWake(polls, () -> Description.of(future));
    }
    throw tooManyPolls(maxPolls, Description.of(future));
  }

  /**
   * Polls {@code iterator} and the tasks it spawned for as long as something wakes them, until it
   * ends. Time does not move: an iterator that waits for a deadline is stuck.
   *
   * @param iterator what is polled
   * @param maxPolls how often {@code iterator} is polled at most; an element costs a poll
   * @param <T> the type of the elements
   * @return the elements
   * @throws AssertionError if it is still pending with nobody left to wake it, or after {@code
   *     maxPolls} polls; the message shows what it waits for
   * @throws Exception what the iterator throws
   */
  @CanIgnoreReturnValue
  public <T> List<T> runToEnd(AsyncIterator<T> iterator, int maxPolls) throws Exception {
    List<T> elements = new ArrayList<>();
    for (int polls = 1; polls <= maxPolls; polls++) {
      Next<T> answer = pollNext(iterator);
      if (answer instanceof Item<T> item) {
        elements.add(item.value());
      } else if (answer.isEnd()) {
        return elements;
      } else {
        awaitWake(polls, () -> Description.ofIterator(iterator));
      }
    }
    throw tooManyPolls(maxPolls, Description.ofIterator(iterator));
  }

  /** Runs tasks until the last polled future is woken; fails if that does not happen. */
  private void awaitWake(int polls, Supplier<Description> stuck) {
    while (!woken() && spawner.runOne()) {}
    if (!woken()) {
      throw new AssertionError(
          "stuck: Pending at poll "
              + polls
              + ", and nothing is left that could wake it ("
              + clock
              + ")\n"
              + stuck.get());
    }
  }

  private static AssertionError tooManyPolls(int maxPolls, Description description) {
    return new AssertionError("not done after " + maxPolls + " polls\n" + description);
  }

  // ---- what the polled futures find, and leave behind

  /**
   * Polls the spawned tasks that were woken, in the order of their wakes, until none is left.
   *
   * @return how many polls that took
   */
  @CanIgnoreReturnValue
  public int runTasks() {
    int polls = 0;
    while (spawner.runOne()) {
      polls++;
    }
    return polls;
  }

  /** Polls the spawned task that was woken first; false if none was. */
  boolean runTask() {
    return spawner.runOne();
  }

  /** How many spawned tasks have not ended. */
  public int liveTasks() {
    return spawner.live();
  }

  /** The clock that is the timer of what is polled. */
  public ManualClock clock() {
    return clock;
  }

  /** What polled futures find in their context. */
  public Services services() {
    return services;
  }

  /** The values that were discarded so far, oldest first; those that can be closed have been. */
  public List<Object> discarded() {
    return discard.discarded();
  }

  /** The failures without an owner so far, oldest first. A test that expects none should say so. */
  public List<Throwable> uncaught() {
    return discard.uncaught();
  }

  /** Forgets what was discarded and which failures had no owner. */
  public void forget() {
    discard.clear();
  }

  @Override
  public String toString() {
    return "PollHarness[" + wakes() + " wakes, " + liveTasks() + " tasks, " + clock + "]";
  }

  private final class Offer implements Services {

    private final Map<Class<?>, Object> byType = new ConcurrentHashMap<>();

    @Override
    public Timer timer() {
      return clock;
    }

    @Override
    public Spawner spawner() {
      return spawner;
    }

    @Override
    public Blocking blocking() {
      Object offered = byType.get(Blocking.class);
      return offered == null ? Services.super.blocking() : (Blocking) offered;
    }

    @Override
    public Discard discard() {
      return discard;
    }

    @Override
    public <S> Optional<S> service(Class<S> type) {
      return Optional.ofNullable(byType.get(type)).map(type::cast);
    }
  }
}
