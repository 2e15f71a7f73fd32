package dev.pollux.core;

/** The waker that wakes nobody. */
enum NoopWaker implements Waker {
  INSTANCE;

  @Override
  public void wake() {}
}
