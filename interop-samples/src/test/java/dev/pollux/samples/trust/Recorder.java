package dev.pollux.samples.trust;

import io.reactivex.rxjava3.exceptions.CompositeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Subscribes as a plan says, races included, and looks whether the rules are kept. */
final class Recorder implements Subscriber<Integer> {

  private static final long LIMIT_SECONDS = 60;

  private final Plan plan;
  private final Executor elsewhere;
  private final Random random;
  private final int cancelAfter;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicLong requested = new AtomicLong();
  private final AtomicBoolean settled = new AtomicBoolean();
  private final List<Integer> values = new ArrayList<>(); // guarded by itself
  private final List<String> violations = Collections.synchronizedList(new ArrayList<>());
  private volatile String end = "hung";
  private volatile Subscription subscription;

  /** Touched by signals only, which come one after the other. */
  private int received;

  Recorder(Plan plan, Executor elsewhere) {
    this.plan = plan;
    this.elsewhere = elsewhere;
    this.random = new Random(plan.seed());
    this.cancelAfter = random.nextInt(plan.size() + 2);
  }

  /** Waits for the end. */
  Outcome outcome() throws InterruptedException {
    boolean inTime = ended.await(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (!inTime) {
      subscription.cancel();
    }
    synchronized (values) {
      return new Outcome(List.copyOf(values), end, List.copyOf(violations));
    }
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    switch (plan.race()) {
      case REQUESTS -> request(1 + random.nextInt(4));
      case CANCEL_ELSEWHERE -> {
        request(Long.MAX_VALUE);
        if (cancelAfter == 0) {
          elsewhere.execute(this::cancel);
        }
      }
      default -> request(Long.MAX_VALUE);
    }
  }

  private void request(long n) {
    requested.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    subscription.request(n);
  }

  private void cancel() {
    subscription.cancel();
    settle(Outcome.CANCELLED);
  }

  private void settle(String how) {
    if (settled.compareAndSet(false, true)) {
      end = how;
      ended.countDown();
    }
  }

  @Override
  public void onNext(Integer value) {
    enter();
    received++;
    if (received > requested.get()) {
      violations.add("1.1: more elements than were requested");
    }
    if (ended.getCount() == 0 && !end.equals(Outcome.CANCELLED)) {
      violations.add("1.7: an element after the end");
    }
    synchronized (values) {
      if (!settled.get()) {
        values.add(value);
      }
    }
    react();
    inside.decrementAndGet();
  }

  private void react() {
    switch (plan.race()) {
      case REQUESTS -> {
        int n = 1 + random.nextInt(3);
        if (random.nextBoolean()) {
          elsewhere.execute(() -> request(n));
        } else {
          request(n);
        }
      }
      case CANCEL_INSIDE -> {
        if (received == cancelAfter) {
          cancel();
        }
      }
      case CANCEL_ELSEWHERE -> {
        if (received == cancelAfter) {
          elsewhere.execute(this::cancel);
        }
      }
      case NONE -> {}
    }
  }

  @Override
  public void onError(Throwable failure) {
    enter();
    atEnd(isInjected(failure) ? Outcome.INJECTED : failure.toString());
    inside.decrementAndGet();
  }

  @Override
  public void onComplete() {
    enter();
    atEnd(Outcome.COMPLETED);
    inside.decrementAndGet();
  }

  private void atEnd(String how) {
    if (settled.get() && !end.equals(Outcome.CANCELLED)) {
      violations.add("1.7: two ends, " + end + " and " + how);
    }
    settle(how);
  }

  /** One element that fails may end several inner streams, whose failures come as one. */
  static boolean isInjected(Throwable failure) {
    if (failure instanceof CompositeException composite) {
      return composite.getExceptions().stream().allMatch(Recorder::isInjected);
    }
    Throwable[] parts = failure.getSuppressed();
    Throwable cause = failure.getCause();
    return failure instanceof InjectedException
        || (parts.length > 0 && Stream.of(parts).allMatch(Recorder::isInjected))
        || (cause != null && isInjected(cause)); // groups wrap what their source failed with
  }

  private void enter() {
    if (inside.getAndIncrement() != 0) {
      violations.add("1.3: two signals at once");
    }
  }

  /** What a source fails with if its plan says so. */
  static final class InjectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InjectedException() {
      super("on purpose", null, false, false);
    }
  }
}
