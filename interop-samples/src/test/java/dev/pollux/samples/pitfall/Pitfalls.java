package dev.pollux.samples.pitfall;

import static dev.pollux.time.Time.sleep;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.TaskLocal;
import dev.pollux.core.UncaughtFailureHandler;
import dev.pollux.executor.CurrentThreadRuntime;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.executor.RuntimeMetrics;
import dev.pollux.sync.AsyncMutex;
import dev.pollux.testing.FutureConformance;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Makes each mistake of {@code docs/pitfalls.md} once, and prints what is reported of it. Runs in
 * debug mode, in a process of its own, since the process is in debug mode or is not.
 */
final class Pitfalls {

  private static final long LIMIT_SECONDS = 60;
  private static final Duration HOUR = Duration.ofHours(1);

  /** Kept: a logger that nobody keeps forgets its handlers. */
  private static final Logger LOGGER = Logger.getLogger("dev.pollux");

  private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

  private Pitfalls() {}

  public static void main(String[] args) throws Exception {
    Pitfalls pitfalls = new Pitfalls();
    pitfalls.listen();
    pitfalls.blocking();
    pitfalls.missedAwait();
    pitfalls.lostWaker();
    pitfalls.heldLock();
    pitfalls.futurelock();
    pitfalls.polledTwice();
    pitfalls.partialWrite();
    pitfalls.auditLog();
    pitfalls.exhaustedPool();
    pitfalls.fullPool();
    pitfalls.contextOfAThread();
  }

  private void listen() {
    LOGGER.setUseParentHandlers(false);
    LOGGER.addHandler(
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            reports.add(line.getLevel() + ": " + line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        });
    UncaughtFailureHandler.setProcessDefault(
        (failure, origin) ->
            reports.add(failure.getClass().getSimpleName() + ": " + failure.getMessage()));
  }

  private static void say(Object line) {
    System.out.println(line);
  }

  /** Prints the next report of {@code kind}; others are of what the test kit has thrown away. */
  private void report(String kind) throws InterruptedException {
    await(
        () -> {
          String next = reports.peek();
          if (next == null || next.startsWith(kind + ": ")) {
            return next != null;
          }
          String unused = reports.poll();
          return false;
        });
    say(requireNonNull(reports.poll()));
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(LIMIT_SECONDS)) {
        throw new IllegalStateException("waited too long");
      }
      System.gc();
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void blocking() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    Callable<String> remote =
        () -> {
          reported.await();
          return "12.50";
        };
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().name("shop").watchdog(Duration.ofMillis(100)).multiThread()) {
      JoinHandle<String> price = runtime.spawn("price", Wrong.price(remote));
      report("WARNING");
      reported.countDown();
      say("wrong: " + price.join());
      say("right: " + runtime.blockOn(Right.price(remote, runtime)));
    }
  }

  private void missedAwait() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").currentThread()) {
      Queue<String> orders = new ConcurrentLinkedQueue<>();
      say("wrong: " + runtime.blockOn(Wrong.order(orders, "tea")) + ", orders " + orders);
      report("UnpolledFutureException");
      say("right: " + runtime.blockOn(Right.order(orders, "tea")) + ", orders " + orders);
    }
  }

  private void lostWaker() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(1).multiThread()) {
      Queue<String> box = new ConcurrentLinkedQueue<>();
      runtime.spawn("reader", Wrong.take(box)).detach();
      report("LostWakerException");
      AtomicWaker waker = new AtomicWaker();
      JoinHandle<String> reader = runtime.spawn("reader", Right.take(box, waker));
      await(waker::isRegistered);
      Right.put(box, waker, "tea");
      say("right: " + reader.join());
    }
    conforms(
        "wrong",
        FutureConformance.of(
                "take",
                kit -> {
                  Queue<String> box = new ArrayDeque<>();
                  kit.event("put", () -> box.add("tea"));
                  return Wrong.take(box);
                })
            .expectValue("tea"));
    conforms(
        "right",
        FutureConformance.of(
                "take",
                kit -> {
                  Queue<String> box = new ArrayDeque<>();
                  AtomicWaker reader = new AtomicWaker();
                  kit.event("put", () -> Right.put(box, reader, "tea"));
                  return Right.take(box, reader);
                })
            .expectValue("tea"));
  }

  /** Prints the first law that is broken, or that none is. */
  private static void conforms(String which, FutureConformance<?> future) {
    try {
      future.check();
      say(which + ": keeps the contract");
    } catch (AssertionError broken) {
      say(which + ": " + broken.getMessage().lines().limit(2).collect(joining("\n")));
    }
  }

  private void heldLock() throws Exception {
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(2).multiThread()) {
      runtime.spawn("prices", Wrong.update(new ReentrantLock(), Futures.pending())).detach();
      report("HeldLockException");
      AsyncMutex lock = new AsyncMutex("prices");
      Future<String> fetch = Futures.yieldNow().map(back -> "12.50");
      say("right: " + runtime.blockOn(Right.update(lock, fetch)) + "; " + lock);
    }
  }

  private void futurelock() throws Exception {
    Duration patience = Duration.ofMillis(20);
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(2).multiThread()) {
      AsyncMutex mutex = new AsyncMutex("accounts");
      AsyncMutex.Guard before = requireNonNull(mutex.tryLock());
      JoinHandle<String> stuck = runtime.spawn("saver", Wrong.save(mutex, patience));
      await(() -> mutex.toString().endsWith("2 wait"));
      before.close();
      report("FuturelockException");
      stuck.cancel();
    }
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(2).multiThread()) {
      AsyncMutex mutex = new AsyncMutex("accounts");
      AsyncMutex.Guard before = requireNonNull(mutex.tryLock());
      JoinHandle<String> saver = runtime.spawn("saver", Right.save(mutex, patience));
      await(() -> mutex.toString().endsWith("1 waits"));
      before.close();
      say("right: " + saver.join());
    }
  }

  private void polledTwice() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    Future<String> report =
        Futures.pollFn(
            cx -> {
              reported.await();
              return Poll.ready("12 sold");
            });
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(2).multiThread()) {
      Wrong.print(runtime, report).forEach(JoinHandle::detach);
      report("IllegalStateException");
      reported.countDown();
    }
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(2).multiThread()) {
      for (JoinHandle<String> printed : Right.print(runtime, Futures.ready("12 sold"))) {
        say("right: " + printed.join());
      }
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      Supplier<Future<String>> session =
          () ->
              Futures.pollFn(
                  cx -> {
                    cx.wakeSelf();
                    boolean over = !threads.add(Thread.currentThread());
                    return over ? Poll.ready("two polls") : Poll.pending();
                  });
      say("right: " + Right.session(runtime, session).join() + " on " + threads.size() + " thread");
    }
  }

  private void partialWrite() throws Exception {
    conforms("wrong", transfer(Wrong::transfer));
    conforms("right", transfer(Right::transfer));
  }

  /** A transfer between two accounts. */
  private interface Transfer {
    Future<Integer> of(Map<String, Integer> accounts, Supplier<Future<Integer>> journal);
  }

  private static FutureConformance<Integer> transfer(Transfer transfer) {
    return FutureConformance.of(
            "transfer",
            kit -> {
              Map<String, Integer> accounts = new HashMap<>(Map.of("ada", 100, "bob", 0));
              kit.invariant(
                  "no money is lost",
                  () -> accounts.values().stream().mapToInt(Integer::intValue).sum() == 100);
              return transfer.of(accounts, kit.supplier(() -> kit.future("journal", 1)));
            })
        .expectValue(10);
  }

  private void auditLog() throws Exception {
    for (boolean shielded : List.of(false, true)) {
      try (CurrentThreadRuntime runtime =
          PolluxRuntime.builder().name("shop").pausedClock().currentThread()) {
        Queue<String> audit = new ConcurrentLinkedQueue<>();
        JoinHandle<Boolean> request =
            runtime.spawn(
                "request", shielded ? Right.audited(audit, HOUR) : Wrong.audited(audit, HOUR));
        await(
            () -> {
              while (runtime.tryTick()) {}
              return !audit.isEmpty();
            });
        request.requestCancel();
        runtime.blockOn(sleep(HOUR.multipliedBy(2)));
        say((shielded ? "right: " : "wrong: ") + audit);
      }
    }
  }

  private void exhaustedPool() throws Exception {
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().name("shop").maxBlockingThreads(1).multiThread()) {
      say("wrong: " + Wrong.count(runtime).join());
      report("BlockingPoolExhaustedException");
      say("right: " + runtime.blockOn(Right.count(runtime)));
    }
  }

  private void fullPool() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    CountDownLatch answered = new CountDownLatch(1);
    try (PolluxRuntime runtime =
        PolluxRuntime.builder().name("shop").maxBlockingThreads(2).multiThread()) {
      for (int i = 1; i <= 4; i++) {
        runtime
            .spawnBlocking(
                "price " + i,
                () -> {
                  begun.countDown();
                  answered.await();
                  return "12.50";
                })
            .detach();
      }
      await(() -> runtime.metrics().blockingQueueDepth() == 2 && begun.getCount() == 0);
      RuntimeMetrics metrics = runtime.metrics();
      say(
          metrics.blockingThreads()
              + " blocking threads, "
              + metrics.idleBlockingThreads()
              + " of them idle, "
              + metrics.blockingQueueDepth()
              + " jobs queued");
      say(runtime.dump());
      answered.countDown();
    }
  }

  private void contextOfAThread() throws Exception {
    ThreadLocal<String> user = new ThreadLocal<>();
    TaskLocal<String> taskUser = new TaskLocal<>("user");
    try (PolluxRuntime runtime = PolluxRuntime.builder().name("shop").workers(1).multiThread()) {
      Future<Void> login =
          Futures.lazy(
              () -> {
                user.set("ada");
                return null;
              });
      runtime.spawn("login", login).join();
      say("wrong: " + runtime.spawn("other request", Wrong.greet(user)).join());
      Future<String> request = taskUser.scope("ada", Right.greet(taskUser));
      say("right: " + runtime.spawn("request", request).join());
      say("right: " + runtime.spawn("other request", Right.greet(taskUser)).join());
      Future<String> spawning = taskUser.scope("ada", Right.greetInATask(taskUser));
      say("right: " + runtime.spawn("request", spawning).join());
    }
  }
}
