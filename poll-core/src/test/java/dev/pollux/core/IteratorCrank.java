package dev.pollux.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Polls by hand: counts wakes, records what is discarded, and reads iterators in every way there
 * is.
 */
final class IteratorCrank {

  /** How an iterator is read. */
  enum Mode {
    NEXT,
    EACH,
    /** One or the other for each turn, with sinks that stop at random. */
    MIXED
  }

  final List<Object> discarded = new ArrayList<>();
  final List<Throwable> uncaught = new ArrayList<>();
  final AtomicInteger wakes = new AtomicInteger();
  final Waker waker = wakes::incrementAndGet;

  private final Discard discard =
      Discard.closing(discarded::add, (failure, origin) -> uncaught.add(failure));

  final Poller poller =
      new Poller(
          new Services() {
            @Override
            public Discard discard() {
              return discard;
            }
          },
          1,
          true);

  @CanIgnoreReturnValue
  <T> Next<T> next(AsyncIterator<T> iterator) throws Exception {
    return poller.pollNext(iterator, waker);
  }

  @CanIgnoreReturnValue
  <T> Turn each(AsyncIterator<T> iterator, Sink<? super T> sink) throws Exception {
    return poller.pollEach(iterator, waker, sink);
  }

  @CanIgnoreReturnValue
  <T> Poll<T> poll(Future<T> future) throws Exception {
    return poller.poll(future, waker);
  }

  /** Polls a future to its end, which must come without outside help. */
  <T> T run(Future<T> future) throws Exception {
    while (true) {
      int before = wakes.get();
      Poll<T> answer = poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      requireWoken(before);
    }
  }

  /** Reads an iterator to its end; {@code into} keeps what came before a failure. */
  @CanIgnoreReturnValue
  <T> List<T> drain(AsyncIterator<T> iterator, Mode mode, Random random, List<T> into)
      throws Exception {
    while (true) {
      int before = wakes.get();
      boolean each = mode == Mode.EACH || (mode == Mode.MIXED && random.nextBoolean());
      if (each) {
        int limit = mode == Mode.EACH ? Integer.MAX_VALUE : 1 + random.nextInt(5);
        int[] taken = {0};
        boolean[] stopped = {false};
        Turn turn =
            each(
                iterator,
                item -> {
                  if (stopped[0]) {
                    throw new AssertionError("offered after the sink had stopped");
                  }
                  into.add(item);
                  stopped[0] = ++taken[0] == limit;
                  return !stopped[0];
                });
        if ((turn == Turn.STOPPED) != stopped[0]) {
          throw new AssertionError("answered " + turn + " though the sink stopped: " + stopped[0]);
        }
        if (turn == Turn.ENDED) {
          return into;
        }
        if (turn == Turn.PENDING) {
          requireWoken(before);
        }
      } else {
        Next<T> next = next(iterator);
        if (next.isEnd()) {
          return into;
        }
        if (next.isPending()) {
          requireWoken(before);
        } else {
          into.add(next.value());
        }
      }
    }
  }

  @CanIgnoreReturnValue
  <T> List<T> drain(AsyncIterator<T> iterator, Mode mode) throws Exception {
    return drain(iterator, mode, new Random(1), new ArrayList<>());
  }

  private void requireWoken(int before) {
    if (wakes.get() == before && !poller.wokeItself()) {
      throw new AssertionError("pending, and nothing has woken it");
    }
  }
}
