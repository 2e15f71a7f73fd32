package dev.pollux.samples.pitfall;

import static dev.pollux.time.Time.sleep;

import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.sync.AsyncMutex;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;

/** The code of {@code docs/pitfalls.md} that has the mistakes. */
final class Wrong {

  private Wrong() {}

  static Future<String> price(Callable<String> remote) {
    return Futures.lazy(() -> "it costs " + remote.call());
  }

  @SuppressWarnings("CheckReturnValue") // the mistake
  static Future<String> order(Queue<String> orders, String item) {
    Futures.lazy(() -> orders.add(item));
    return Futures.ready("thank you");
  }

  static <T> Future<T> take(Queue<T> box) {
    return Futures.pollFn(
        cx -> {
          T value = box.poll();
          return value == null ? Poll.pending() : Poll.ready(value);
        });
  }

  static Future<String> update(Lock lock, Future<String> fetch) {
    return Futures.defer(
        () -> {
          lock.lock();
          return fetch.map(
              value -> {
                lock.unlock();
                return value;
              });
        });
  }

  static Future<String> save(AsyncMutex mutex, Duration patience) {
    Future<String> first = mutex.withLock(() -> Futures.ready("first"));
    return Futures.select(List.of(first, sleep(patience).map(done -> "late")))
        .flatMap(selected -> mutex.withLock(() -> Futures.ready("second")))
        .flatMap(second -> first);
  }

  static List<JoinHandle<String>> print(PolluxRuntime runtime, Future<String> report) {
    return List.of(runtime.spawn("paper", report), runtime.spawn("screen", report));
  }

  static Future<Integer> transfer(
      Map<String, Integer> accounts, Supplier<Future<Integer>> journal) {
    return Futures.defer(
        () -> {
          accounts.merge("ada", -10, Integer::sum);
          return journal.get().map(written -> accounts.merge("bob", 10, Integer::sum));
        });
  }

  static Future<Boolean> audited(Queue<String> audit, Duration write) {
    return Futures.lazy(() -> audit.add("ada logs in"))
        .flatMap(begun -> sleep(write)) // the request is cancelled here
        .map(written -> audit.add("from 10.0.0.7"));
  }

  static JoinHandle<Integer> count(PolluxRuntime runtime) {
    return runtime.spawnBlocking("outer", () -> runtime.spawnBlocking("inner", () -> 1).join() + 1);
  }

  static Future<String> greet(ThreadLocal<String> user) {
    return Futures.yieldNow().map(back -> "hello " + user.get());
  }
}
