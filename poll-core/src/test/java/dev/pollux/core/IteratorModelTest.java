package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Random pipelines of all operators, read in every mode, against plain lists. */
class IteratorModelTest {

  private static final int PIPELINES = 3_000;

  /** A list, and whether a failure follows it. */
  private record Model(List<Integer> items, RuntimeException failure) {

    Model until(int size) {
      return size < items.size() ? new Model(items.subList(0, size), null) : this;
    }
  }

  /** One pipeline, made anew for each mode from the same seed. */
  private static final class Pipeline {

    final List<ScriptedIterator<?>> sources = new ArrayList<>();
    final StringBuilder text = new StringBuilder();
    AsyncIterator<Integer> iterator;
    Model model;

    Pipeline(Random random) {
      source(random);
      int length = random.nextInt(6);
      for (int i = 0; i < length; i++) {
        operator(random);
      }
    }

    private void source(Random random) {
      int size = random.nextInt(4) == 0 ? 100 + random.nextInt(400) : random.nextInt(12);
      List<Integer> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        items.add(i);
      }
      RuntimeException failure = random.nextInt(6) == 0 ? new RuntimeException("source") : null;
      switch (failure == null ? random.nextInt(5) : 4) {
        case 0 -> iterator = AsyncIterators.range(0, size);
        case 1 -> iterator = AsyncIterators.fromIterable(items);
        case 2 -> iterator = AsyncIterators.of(items.toArray(new Integer[0]));
        case 3 -> iterator = AsyncIterators.fromStream(items.stream());
        default -> iterator = scripted(items, failure, random);
      }
      model = new Model(items, failure);
      text.append("source(").append(size).append(", ").append(model.failure()).append(')');
    }

    private AsyncIterator<Integer> scripted(
        List<Integer> items, RuntimeException failure, Random random) {
      List<Object> script = new ArrayList<>();
      for (Integer item : items) {
        while (random.nextInt(3) == 0) {
          script.add(ScriptedIterator.PENDING);
        }
        script.add(item);
      }
      if (failure != null) {
        script.add(failure);
      }
      ScriptedIterator<Integer> scripted = new ScriptedIterator<>(script);
      sources.add(scripted);
      return scripted;
    }

    private void operator(Random random) {
      int n = random.nextInt(3) == 0 ? random.nextInt(300) : random.nextInt(12);
      int failAt = random.nextInt(8) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
      RuntimeException failure = new RuntimeException("operator");
      switch (random.nextInt(8)) {
        case 0 -> {
          text.append(".map(").append(failAt).append(')');
          iterator = iterator.map(failingAt(failAt, failure, x -> x * 3 + 1));
          model = apply(failAt, failure, x -> List.of(x * 3 + 1));
        }
        case 1 -> {
          text.append(".filter(").append(failAt).append(')');
          Predicate<Integer> predicate = x -> x % 3 != 0;
          iterator = iterator.filter(failingAt(failAt, failure, predicate::test)::apply);
          model = apply(failAt, failure, x -> predicate.test(x) ? List.of(x) : List.of());
        }
        case 2 -> {
          text.append(".take(").append(n).append(')');
          iterator = iterator.take(n);
          // take ends with its last element, before any failure that follows it
          model = n <= model.items().size() ? new Model(model.items().subList(0, n), null) : model;
        }
        case 3 -> {
          text.append(".skip(").append(n).append(')');
          iterator = iterator.skip(n);
          int from = Math.min(n, model.items().size());
          model = new Model(model.items().subList(from, model.items().size()), model.failure());
        }
        case 4 -> {
          text.append(".takeWhile(").append(failAt).append(')');
          Predicate<Integer> predicate = x -> x % 50 != 49;
          iterator = iterator.takeWhile(failingAt(failAt, failure, predicate::test)::apply);
          int end = 0;
          while (end < model.items().size() && predicate.test(model.items().get(end))) {
            end++;
          }
          if (failAt <= end && failAt < model.items().size()) {
            model = new Model(model.items().subList(0, failAt), failure);
          } else {
            model = model.until(end);
          }
        }
        case 5 -> {
          text.append(".flatMap(").append(failAt).append(')');
          Random inner = new Random(random.nextLong());
          iterator =
              iterator.flatMap(
                  failingAt(
                      failAt,
                      failure,
                      x ->
                          switch (x % 4) {
                            case 0 -> AsyncIterators.<Integer>empty();
                            case 1 -> scripted(List.of(x, x + 1), null, inner);
                            case 2 -> AsyncIterators.range(x, x + 3).take(2);
                            default -> AsyncIterators.of(x).chain(AsyncIterators.of(-x));
                          }));
          model =
              apply(
                  failAt,
                  failure,
                  x ->
                      switch (x % 4) {
                        case 0 -> List.of();
                        case 1, 2 -> List.of(x, x + 1);
                        case 3 -> List.of(x, -x);
                        default -> List.of(x, -x); // x is negative
                      });
        }
        case 6 -> {
          text.append(".chain");
          AsyncIterator<Integer> first = iterator;
          Model before = model;
          source(random);
          AsyncIterator<Integer> second = iterator;
          iterator = first.chain(second);
          if (before.failure() == null) {
            List<Integer> items = new ArrayList<>(before.items());
            items.addAll(model.items());
            model = new Model(items, model.failure());
          } else {
            model = before;
          }
        }
        default -> {
          int limit = 1 + random.nextInt(5);
          text.append(".buffered(").append(limit).append(", ").append(failAt).append(')');
          Random delays = new Random(random.nextLong());
          int outputFailAt = random.nextInt(8) == 0 ? random.nextInt(20) : Integer.MAX_VALUE;
          int[] made = {0};
          iterator =
              iterator.buffered(
                  limit,
                  failingAt(
                      failAt,
                      failure,
                      x -> {
                        boolean fails = made[0]++ == outputFailAt;
                        return delayed(delays.nextInt(3), fails ? failure : null, x + 7);
                      }));
          model = apply(Math.min(failAt, outputFailAt), failure, x -> List.of(x + 7));
        }
      }
    }

    /** Fails at one element, or gives what {@code function} makes of the others. */
    private Model apply(
        int failAt, RuntimeException failure, Function<Integer, List<Integer>> function) {
      List<Integer> items = new ArrayList<>();
      for (int i = 0; i < model.items().size(); i++) {
        if (i == failAt) {
          return new Model(items, failure);
        }
        items.addAll(function.apply(model.items().get(i)));
      }
      return new Model(items, model.failure());
    }
  }

  private static <A, B> Function<A, B> failingAt(
      int failAt, RuntimeException failure, Function<A, B> function) {
    int[] calls = {0};
    return x -> {
      if (calls[0]++ == failAt) {
        throw failure;
      }
      return function.apply(x);
    };
  }

  /** A future that is pending some times, waking itself, before it completes or fails. */
  private static Future<Integer> delayed(int times, RuntimeException failure, int output) {
    int[] left = {times};
    return cx -> {
      if (left[0]-- > 0) {
        cx.waker().wake();
        return Poll.pending();
      }
      if (failure != null) {
        throw failure;
      }
      return Poll.ready(output);
    };
  }

  @Test
  void everyPipelineGivesWhatTheListsGive() {
    for (int seed = 0; seed < PIPELINES; seed++) {
      for (IteratorCrank.Mode mode : IteratorCrank.Mode.values()) {
        check(seed, mode);
      }
    }
  }

  private static void check(int seed, IteratorCrank.Mode mode) {
    IteratorCrank crank = new IteratorCrank();
    Pipeline pipeline = new Pipeline(new Random(seed));
    String name = "seed " + seed + ", " + mode + ": " + pipeline.text;
    List<Integer> seen = new ArrayList<>();
    Throwable thrown = null;
    try {
      crank.drain(pipeline.iterator, mode, new Random(seed), seen);
    } catch (Throwable failure) {
      thrown = failure;
    }
    assertThat(thrown).as(name).isEqualTo(pipeline.model.failure());
    assertThat(seen).as(name).isEqualTo(pipeline.model.items());
    assertThat(pipeline.sources).as(name).allMatch(ScriptedIterator::isReleased);
    assertThat(crank.uncaught).as(name).isEmpty();
    assertThat(crank.discarded).as(name).matches(all -> all.isEmpty() || failed(pipeline));
  }

  private static boolean failed(Pipeline pipeline) {
    // Only buffered holds anything, and lets go of it where something downstream ends early.
    return pipeline.text.indexOf("buffered") >= 0;
  }
}
