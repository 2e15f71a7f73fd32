package dev.pollux.streams.bridge;

import org.reactivestreams.Subscription;

/** The subscription to nothing. */
public final class NoSubscription implements Subscription {

  @Override
  public void request(long n) {}

  @Override
  public void cancel() {}

  @Override
  public String toString() {
    return "Subscription[none]";
  }
}
