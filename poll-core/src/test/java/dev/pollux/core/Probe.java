package dev.pollux.core;

import java.util.ArrayList;
import java.util.List;

/** A future that ends when the test says so, and writes down what is done to it. */
final class Probe<T> implements Future<T> {

  /** Names of cancelled probes, in the order of their cancellation; may be shared. */
  private final List<String> cancelLog;

  private final String name;

  int polls;
  int cancels;
  Waker waker;
  boolean over;
  RuntimeException thrownByCancel;

  private Poll<T> answer = Poll.pending();
  private Throwable failure;

  Probe() {
    this("probe", new ArrayList<>());
  }

  Probe(String name, List<String> cancelLog) {
    this.name = name;
    this.cancelLog = cancelLog;
  }

  void complete(T value) {
    answer = Poll.ready(value);
    wake();
  }

  void fail(Throwable failure) {
    this.failure = failure;
    wake();
  }

  private void wake() {
    if (waker != null) {
      waker.wake();
    }
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    if (over) {
      throw new PollAfterEndException(name);
    }
    polls++;
    waker = cx.waker();
    if (failure instanceof Error error) {
      over = true;
      throw error;
    }
    if (failure != null) {
      over = true;
      throw (Exception) failure;
    }
    over = answer.isReady();
    return answer;
  }

  @Override
  public void cancel() {
    if (over) {
      return;
    }
    over = true;
    cancels++;
    cancelLog.add(name);
    if (thrownByCancel != null) {
      throw thrownByCancel;
    }
  }

  @Override
  public void describe(Description description) {
    description.name(name);
  }
}
