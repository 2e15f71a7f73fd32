package dev.pollux.stream;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.IteratorSubjects;
import dev.pollux.core.Value;
import dev.pollux.testing.ConformanceKit;
import dev.pollux.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** The operators of {@link Chunked}. */
public final class ChunkedSubjects extends IteratorSubjects {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Lists them. */
  public ChunkedSubjects() {
    together(
        "ChunksOfSize", "ofSize(2)", (kit, chunked) -> chunked.ofSize(2), "[1, 2], [3, 4], [5]");
    together("ChunksOfSize", "ofSize(5)", (kit, chunked) -> chunked.ofSize(5), "[1, 2, 3, 4, 5]");
    together(
        "ChunksOfSize", "ready(1)", (kit, chunked) -> chunked.ready(1), "[1], [2], [3], [4], [5]");
    together(
        "ChunksUntil",
        "until",
        (kit, chunked) -> chunked.until(kit.predicate(v -> v.number() == 4), 3),
        "[1, 2, 3], [4], [5]");
    together(
        "ChunksWhileSame",
        "whileSame",
        (kit, chunked) -> chunked.whileSame(kit.function(v -> v.number() / 4), 2),
        "[1, 2], [3], [4, 5]");
    together(
        "SlidingChunks",
        "sliding(3, 1)",
        (kit, c) -> c.sliding(3, 1),
        "[1, 2, 3], [2, 3, 4], [3, 4, 5]");
    together("SlidingChunks", "sliding(2, 2)", (kit, c) -> c.sliding(2, 2), "[1, 2], [3, 4], [5]");
    together("SlidingChunks", "sliding(1, 3)", (kit, c) -> c.sliding(1, 3), "[1], [4]");
    together("SlidingChunks", "sliding(4, 3)", (kit, c) -> c.sliding(4, 3), "[1, 2, 3, 4], [4, 5]");
    together("SlidingChunks", "sliding(9, 1)", (kit, c) -> c.sliding(9, 1), "[1, 2, 3, 4, 5]");
    together(
        "TimedChunks",
        "ofSizeOrTime",
        (kit, c) -> c.ofSizeOrTime(2, SECOND),
        "[1, 2], [3, 4], [5]");
    together("TimedChunks", "ofTime", (kit, c) -> c.ofTime(SECOND, 2), "[1, 2], [3, 4], [5]");
    subject(
            "core.MapIterator",
            "ofSizeOrTime, where the time comes",
            kit ->
                Time.interval(SECOND)
                    .chunked()
                    .ofSizeOrTime(2, Duration.ofMillis(1))
                    .map(List::size))
        .expectBeginning(1, 1, 1);
  }

  private static AsyncIterator<Value> five(ConformanceKit kit) {
    return kit.iterator("source", Value.of(1), Value.of(2), Value.of(3), Value.of(4), Value.of(5));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of lists
  private void together(
      String className,
      String name,
      BiFunction<ConformanceKit, Chunked<Value>, AsyncIterator<List<Value>>> operator,
      String expected) {
    List<String> lists = new ArrayList<>(List.of(expected.split("(?<=]), ", -1)));
    // What is in a list is lost to the kit; its elements are what the operator owes an account of.
    subject(
            "stream." + className,
            "chunked." + name,
            kit -> operator.apply(kit, five(kit).chunked()))
        .expectElements(
            lists.stream().map(ChunkedSubjects::parse).<List<Value>>toArray(List[]::new));
    subject(
            "core.MapIterator",
            "the elements of chunked." + name,
            kit ->
                operator
                    .apply(kit, five(kit).chunked())
                    .map(
                        list -> {
                          kit.enter("a list", list.toArray());
                          return list.stream().map(Value::number).toList().toString();
                        }))
        .expectElements(lists.toArray(String[]::new))
        .discardsWhatItHolds();
  }

  private static List<Value> parse(String text) {
    List<Value> values = new ArrayList<>();
    for (String number : text.substring(1, text.length() - 1).split(", ", -1)) {
      values.add(Value.of(Integer.parseInt(number)));
    }
    return values;
  }
}
