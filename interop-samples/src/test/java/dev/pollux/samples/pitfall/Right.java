package dev.pollux.samples.pitfall;

import static dev.pollux.time.Time.sleep;

import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.JoinHandle;
import dev.pollux.core.Poll;
import dev.pollux.core.SharedFuture;
import dev.pollux.core.TaskLocal;
import dev.pollux.executor.PolluxRuntime;
import dev.pollux.spi.Blocking;
import dev.pollux.sync.AsyncMutex;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** The code of {@code docs/pitfalls.md} that does without the mistakes. */
final class Right {

  private Right() {}

  static Future<String> price(Callable<String> remote, Blocking pool) {
    return Futures.defer(() -> pool.spawnBlocking("price", remote))
        .map(price -> "it costs " + price);
  }

  static Future<String> order(Queue<String> orders, String item) {
    return Futures.lazy(() -> orders.add(item)).map(added -> "thank you");
  }

  static <T> Future<T> take(Queue<T> box, AtomicWaker reader) {
    return Futures.pollFn(
        cx -> {
          reader.register(cx.waker()); // first
          T value = box.poll(); // second
          return value == null ? Poll.pending() : Poll.ready(value);
        },
        reader::clear);
  }

  static <T> void put(Queue<T> box, AtomicWaker reader, T value) {
    box.add(value); // first
    reader.wake(); // second
  }

  static Future<String> update(AsyncMutex lock, Future<String> fetch) {
    return lock.withLock(() -> fetch);
  }

  static Future<String> save(AsyncMutex mutex, Duration patience) {
    Future<String> first = mutex.withLock(() -> Futures.ready("first"));
    return Futures.race(first, sleep(patience).map(done -> "late")) // cancels who comes late
        .flatMap(value -> mutex.withLock(() -> Futures.ready("second")));
  }

  static List<JoinHandle<String>> print(PolluxRuntime runtime, Future<String> report) {
    SharedFuture<String> paper = report.shared();
    SharedFuture<String> screen = paper.another();
    return List.of(runtime.spawn("paper", paper), runtime.spawn("screen", screen));
  }

  static JoinHandle<String> session(PolluxRuntime runtime, Supplier<Future<String>> session) {
    return runtime.localSet().spawnWith(session);
  }

  static Future<Integer> transfer(
      Map<String, Integer> accounts, Supplier<Future<Integer>> journal) {
    return Futures.defer(journal)
        .map(
            written -> {
              accounts.merge("ada", -10, Integer::sum);
              return accounts.merge("bob", 10, Integer::sum);
            });
  }

  static Future<Boolean> audited(Queue<String> audit, Duration write) {
    return Futures.lazy(() -> audit.add("ada logs in"))
        .flatMap(begun -> sleep(write))
        .map(written -> audit.add("from 10.0.0.7"))
        .shielded();
  }

  static Future<Integer> count(Blocking pool) {
    return Futures.defer(() -> pool.spawnBlocking("inner", () -> 1)).map(one -> one + 1);
  }

  static Future<String> greet(TaskLocal<String> user) {
    return Futures.yieldNow().map(back -> "hello " + user.get().orElse("nobody"));
  }

  static Future<String> greetInATask(TaskLocal<String> user) {
    return Futures.pollFn(cx -> Poll.ready(cx.spawner().inheriting(cx.locals()).spawn(greet(user))))
        .flatMap(task -> task);
  }
}
