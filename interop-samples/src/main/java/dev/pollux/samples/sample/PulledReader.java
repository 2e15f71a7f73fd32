package dev.pollux.samples.sample;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Item;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Next;
import dev.pollux.core.Poll;
import dev.pollux.core.Waker;
import dev.pollux.spi.Spawner;
import org.jspecify.annotations.Nullable;

/**
 * Reads an iterator in a task, which polls it only while an element is wanted.
 *
 * @threading confined to the thread that drives the task
 */
final class PulledReader implements Reader {

  private final Reading reading;
  private final JoinHandle<Void> task;

  PulledReader(AsyncIterator<Integer> numbers, Ledger ledger, Spawner spawner) {
    this.reading = new Reading(numbers, ledger);
    this.task = spawner.spawn(reading);
  }

  @Override
  public void want(int more) {
    reading.want(more);
  }

  @Override
  public void cancel() {
    task.cancel();
  }

  /**
   * The body of the task.
   *
   * @cancellation cancels the iterator
   */
  private static final class Reading implements Future<Void> {

    private final AsyncIterator<Integer> numbers;
    private final Ledger ledger;
    private int wanted;
    private @Nullable Waker waker;

    Reading(AsyncIterator<Integer> numbers, Ledger ledger) {
      this.numbers = numbers;
      this.ledger = ledger;
    }

    void want(int more) {
      wanted += more;
      if (waker != null) {
        waker.wake();
      }
    }

    @Override
    public Poll<Void> poll(Context cx) {
      while (wanted > 0) {
        Next<Integer> answer;
        try {
          answer = numbers.pollNext(cx);
        } catch (Exception failure) {
          ledger.failed(failure);
          return Poll.done();
        }
        if (answer instanceof Item<Integer> item) {
          wanted--;
          ledger.took(item.value());
        } else if (answer.isEnd()) {
          ledger.ended();
          return Poll.done();
        } else {
          return Poll.pending(); // the iterator has the waker
        }
      }
      waker = cx.waker();
      return Poll.pending();
    }

    @Override
    public void cancel() {
      numbers.cancel();
    }
  }
}
