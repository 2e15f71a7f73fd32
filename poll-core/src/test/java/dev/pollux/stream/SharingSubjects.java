package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.AsyncIterators;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;

/** One upstream with several readers. */
public final class SharingSubjects extends IteratorSubjects {

  public SharingSubjects() {
    shared();
    partition();
    groups();
    windows();
    emitters();
  }

  private void shared() {
    soleReader("slowest(1)", (sharing, kit) -> sharing.slowest(1));
    soleReader("slowest(9)", (sharing, kit) -> sharing.slowest(9));
    soleReader("dropping(1)", (sharing, kit) -> sharing.dropping(1));
    soleReader("lagging(1)", (sharing, kit) -> sharing.lagging(1));
    soleReader("replaying(2)", (sharing, kit) -> sharing.replaying(2));
    soleReader("cached(3)", (sharing, kit) -> sharing.cached(3));
    subject(
            "stream.SharedReader",
            "cached of too many",
            kit -> reader(source(kit).shared().cached(2)))
        .expectFailure(IllegalStateException.class, Value.of(1), Value.of(2))
        .discardsWhatItHolds();
    subject(
            "stream.SharedReader",
            "a reader of a reader",
            kit -> reader(reader(source(kit).shared().slowest(1)).shared().slowest(1)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }

  private void soleReader(
      String name, BiFunction<Sharing<Value>, ConformanceKit, Shared<Value>> make) {
    subject(
            "stream.SharedReader",
            "the reader of " + name,
            kit -> reader(make.apply(source(kit).shared(), kit)))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }

  /** The only reader that there will be. */
  private static AsyncIterator<Value> reader(Shared<Value> shared) {
    try (shared) {
      return shared.subscribe();
    }
  }

  private void partition() {
    subject(
            "stream.PartitionReader",
            "the matching part",
            kit -> {
              Partition<Value> parts =
                  source(kit).partition(kit.predicate(v -> v.number() != 2), 1);
              parts.rest().cancel();
              return parts.matching();
            })
        .expectElements(Value.of(1), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "stream.PartitionReader",
            "the rest",
            kit -> {
              Partition<Value> parts =
                  source(kit).partition(kit.predicate(v -> v.number() == 2), 9);
              parts.matching().cancel();
              return parts.rest();
            })
        .expectElements(Value.of(1), Value.of(3))
        .discardsWhatItHolds();
  }

  private void groups() {
    for (Grouping.TooMany tooMany : Grouping.TooMany.values()) {
      subject(
              "core.FlatMapIterator",
              "groupBy, each group read alone, " + tooMany,
              kit ->
                  source(kit)
                      .groupBy(kit.function(v -> v), Grouping.groups(3).onTooMany(tooMany))
                      .flatMap(group -> group.take(1)))
          .expectElements(Value.of(1), Value.of(2), Value.of(3))
          .discardsWhatItHolds();
    }
    subject(
            "core.FlatMapIterator",
            "groupBy, the only group",
            kit ->
                source(kit)
                    .groupBy(kit.function(v -> "all"), Grouping.groups(1))
                    .flatMap(group -> group))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
    subject(
            "core.FilterIterator",
            "groupBy, of which every group is cancelled",
            kit ->
                source(kit)
                    .groupBy(kit.function(v -> v), Grouping.groups(1))
                    .filter(
                        group -> {
                          kit.mustRelease(group);
                          group.cancel();
                          return false;
                        }))
        .expectElements();
    list("stream.GroupsReader");
    list("stream.GroupReader");
  }

  private void windows() {
    windows("ofSize(1)", windowed -> windowed.ofSize(1), "core.FlatMapIterator");
    windows("ofSize(2)", windowed -> windowed.ofSize(2), "core.FlatMapIterator");
    windows("ofTime", windowed -> windowed.ofTime(Duration.ofSeconds(1)), "core.FlatMapIterator");
    windows(
        "ofSizeOrTime",
        windowed -> windowed.ofSizeOrTime(2, Duration.ofSeconds(1)),
        "core.FlatMapIterator");
    subject(
            "core.FlatMapIterator",
            "windows until, of which one element each is read",
            kit ->
                source(kit)
                    .windowed()
                    .until(kit.predicate(v -> v.number() == 2))
                    .flatMap(window -> window.take(1)))
        .expectElements(Value.of(1), Value.of(3))
        .discardsWhatItHolds();
    list("stream.WindowsReader");
    list("stream.WindowReader");
  }

  private void windows(
      String name,
      Function<Windowed<Value>, AsyncIterator<AsyncIterator<Value>>> make,
      String className) {
    subject(
            className,
            "windows " + name,
            kit -> make.apply(source(kit).windowed()).flatMap(window -> window))
        .expectElements(Value.of(1), Value.of(2), Value.of(3))
        .discardsWhatItHolds();
  }

  private void emitters() {
    for (Overflow overflow : Overflow.values()) {
      subject(
              "stream.EmitterIterator",
              "emitter, " + overflow,
              kit ->
                  AsyncIterators.<Value>emitter(
                      2,
                      overflow,
                      kit.consumer(
                          emitter -> {
                            emitter.emit(Value.of(1));
                            kit.event("emit 2 and 3", () -> emit(emitter, 2, 3));
                            kit.event("end", emitter::end);
                          })))
          .expectElements(Value.of(1), Value.of(2), Value.of(3));
    }
    subject(
            "stream.EmitterIterator",
            "the elements of a pipe",
            kit -> {
              Emitter.Pipe<Value> pipe = Emitter.pipe(2, Overflow.WAIT);
              pipe.emitter().emit(kit.mustRelease(Value.of(1)));
              Value[] captured = {Value.of(0)};
              pipe.emitter().onCancel(kit.mustRelease((Runnable) () -> captured[0] = null));
              kit.event("emit 2", () -> emit(pipe.emitter(), 2));
              kit.event("fail", () -> pipe.emitter().fail(new IOException("torn")));
              return pipe.elements();
            })
        .expectFailure(IOException.class, Value.of(1), Value.of(2));
  }

  private static void emit(Emitter<Value> emitter, int... numbers) {
    for (int number : numbers) {
      emitter.emit(Value.of(number));
    }
  }
}
