package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.Context;
import dev.pollux.core.Next;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The numbers from 0 on, as fast as anybody wants them: the same source for a library that pulls
 * and for those that push. It writes down what it was asked for. Each is read once.
 *
 * @threading confined to one thread
 */
final class NumberSource {

  /** The most that a source can have; boxed once, so that what is allocated is the library's. */
  static final int MOST = 1_000;

  private static final Integer[] NUMBERS = numbers();

  private final Ledger ledger;
  private final int end;
  private final @Nullable RuntimeException failure;
  private final @Nullable RuntimeException failureOfClose;

  private int next;

  /**
   * A source.
   *
   * @param ledger where it writes down what it does
   * @param end how many numbers it has
   * @param failure what it fails with after them, if it does not just end
   * @param failureOfClose what its close fails with, if it does
   */
  NumberSource(
      Ledger ledger,
      int end,
      @Nullable RuntimeException failure,
      @Nullable RuntimeException failureOfClose) {
    this.ledger = ledger;
    this.end = end;
    this.failure = failure;
    this.failureOfClose = failureOfClose;
  }

  private static Integer[] numbers() {
    Integer[] numbers = new Integer[MOST];
    for (int n = 0; n < MOST; n++) {
      numbers[n] = n;
    }
    return numbers;
  }

  /** The number n. */
  static Integer number(int n) {
    return NUMBERS[n];
  }

  Ledger ledger() {
    return ledger;
  }

  /** What a resource behind the source does when it is closed. */
  void close() {
    if (failureOfClose != null) {
      throw failureOfClose;
    }
  }

  /** The source as an iterator: a poll is a request for one. */
  AsyncIterator<Integer> iterator() {
    return AsyncIterators.pollFn(this::pollNext);
  }

  private Next<Integer> pollNext(Context cx) {
    if (!cx.tryProceed()) {
      return Next.pending();
    }
    ledger.requested(1);
    if (next < end) {
      ledger.makes();
      return Next.item(NUMBERS[next++]);
    }
    if (failure != null) {
      throw failure;
    }
    return Next.end();
  }

  /** The source as a publisher, for one subscriber. */
  Publisher<Integer> publisher() {
    return subscriber -> subscriber.onSubscribe(new Numbers(subscriber));
  }

  /** Pushes as many as were requested. */
  private final class Numbers implements Subscription {

    private final Subscriber<? super Integer> subscriber;
    private long demand;
    private boolean isEmitting;
    private boolean isOver;

    Numbers(Subscriber<? super Integer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      ledger.requested(n);
      demand = Math.min(demand + n, Integer.MAX_VALUE);
      if (isEmitting) {
        return; // requested from inside onNext: the loop below goes on
      }
      isEmitting = true;
      while (!isOver && demand > 0 && next < end) {
        demand--;
        ledger.makes();
        subscriber.onNext(NUMBERS[next++]);
      }
      isEmitting = false;
      if (!isOver && next == end) {
        isOver = true;
        finish();
      }
    }

    private void finish() {
      if (failure != null) {
        subscriber.onError(failure);
      } else {
        subscriber.onComplete();
      }
    }

    @Override
    public void cancel() {
      isOver = true;
    }
  }
}
