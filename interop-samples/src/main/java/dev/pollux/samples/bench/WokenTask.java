package dev.pollux.samples.bench;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;

/** A task that sleeps until its bell is rung, again and again; answers how often that was. */
final class WokenTask extends Bell implements Future<Integer> {

  private final AtomicWaker waker = new AtomicWaker();
  private volatile boolean over;

  WokenTask(Latencies latencies) {
    super(latencies);
  }

  @Override
  void wake() {
    waker.wake();
  }

  /** Ends the task. */
  void end() {
    over = true;
    waker.wake();
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    answer(); // first of all, for that is what is measured
    waker.register(cx.waker());
    answer();
    return over ? Poll.ready(answered()) : Poll.pending();
  }

  @Override
  public void cancel() {
    waker.clear();
  }

  @Override
  public void describe(Description description) {
    description.name("woken task").waitsFor("a ring of its bell");
  }
}
