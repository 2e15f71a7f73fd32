package dev.pollux.core;

import dev.pollux.spi.Services;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Polls a future by hand, counts its wake-ups, and records what was discarded and reported. */
final class HandCrank implements Services, Discard {

  final List<Object> discarded = new ArrayList<>();
  final List<Throwable> uncaught = new ArrayList<>();
  final AtomicInteger wakes = new AtomicInteger();
  final Waker waker = wakes::incrementAndGet;
  final Poller poller;

  HandCrank() {
    this(7);
  }

  HandCrank(long seed) {
    poller = new Poller(this, seed, Boolean.getBoolean("pollux.debug"));
  }

  <T> Poll<T> poll(Future<T> future) throws Exception {
    return poller.poll(future, waker);
  }

  <T> Next<T> pollNext(AsyncIterator<T> iterator) throws Exception {
    return poller.pollNext(iterator, waker);
  }

  /** Polls as long as the future asks for another turn; fails if it waits for anything else. */
  <T> T finish(Future<T> future) throws Exception {
    while (true) {
      Poll<T> answer = poll(future);
      if (answer.isReady()) {
        return answer.value();
      }
      if (!poller.wokeItself() && wakes.getAndSet(0) == 0) {
        throw new AssertionError("pending without a wake-up:\n" + Description.of(future));
      }
    }
  }

  /** Whether the last poll asked for another turn. */
  boolean wokeItself() {
    return poller.wokeItself();
  }

  @Override
  public Discard discard() {
    return this;
  }

  @Override
  public void discard(Object value) {
    if (value != null) {
      discarded.add(value);
    }
  }

  @Override
  public void uncaught(Throwable failure, String origin) {
    uncaught.add(failure);
  }
}
