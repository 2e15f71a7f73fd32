package dev.pollux.samples.sample;

import dev.pollux.stream.Emission;
import dev.pollux.stream.Emitter;
import dev.pollux.stream.Overflow;
import io.reactivex.rxjava3.core.BackpressureStrategy;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.FlowableEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * A way from a source that can't wait to a reader: a library, and what it does with what nobody
 * wants yet.
 *
 * @param name what it does with it, in the words of the library
 * @param opening opens it
 */
record RushedWay(String name, BiFunction<Ledger, HandCrank, Ends> opening) {

  /**
   * Both ends of it.
   *
   * @param put takes a number, at once
   * @param end is told that there are no more
   * @param reader takes them out
   */
  record Ends(Consumer<Integer> put, Runnable end, Reader reader) {}

  /** Pollux. */
  static RushedWay pollux(String name, int capacity, Overflow overflow) {
    return new RushedWay(
        name,
        (ledger, crank) -> {
          Emitter.Pipe<Integer> pipe = Emitter.pipe(capacity, overflow);
          Consumer<Integer> put =
              number -> {
                if (pipe.emitter().emit(number) == Emission.FULL) {
                  ledger.told(number); // it is still ours: the answer is the hook
                }
              };
          return new Ends(
              put,
              () -> pipe.emitter().end(),
              new PulledReader(pipe.elements(), ledger, crank.runtime()));
        });
  }

  /** Reactor. */
  static RushedWay reactor(
      String name,
      FluxSink.OverflowStrategy strategy,
      BiFunction<Flux<Integer>, Ledger, Flux<Integer>> between) {
    return new RushedWay(
        name,
        (ledger, crank) -> {
          List<FluxSink<Integer>> sinks = new ArrayList<>(1);
          PushedReader reader = new PushedReader(ledger);
          between.apply(Flux.create(sinks::add, strategy), ledger).subscribe(reader);
          FluxSink<Integer> sink = sinks.get(0);
          return new Ends(sink::next, sink::complete, reader);
        });
  }

  /** RxJava. */
  static RushedWay rxJava(
      String name,
      BackpressureStrategy strategy,
      BiFunction<Flowable<Integer>, Ledger, Flowable<Integer>> between) {
    return new RushedWay(
        name,
        (ledger, crank) -> {
          List<FlowableEmitter<Integer>> emitters = new ArrayList<>(1);
          PushedReader reader = new PushedReader(ledger);
          between.apply(Flowable.create(emitters::add, strategy), ledger).subscribe(reader);
          FlowableEmitter<Integer> emitter = emitters.get(0);
          return new Ends(emitter::onNext, emitter::onComplete, reader);
        });
  }

  /** Puts 1,000 numbers in, four at each tick, and takes one out; then takes out the rest. */
  Ledger run(HandCrank crank) {
    Ledger ledger = new Ledger();
    crank.tell(ledger);
    Ends ends = opening.apply(ledger, crank);
    crank.turn();
    Ticks ticks = new Ticks(ends.reader(), ledger, crank);
    ticks.pass(1, 1); // the reader is there before the first number
    for (int n = 0; n < NumberSource.MOST; n++) {
      ledger.makes();
      ends.put().accept(NumberSource.number(n));
      if (n % 4 == 3) {
        ticks.pass(1, 1);
      }
    }
    ends.end().run();
    ticks.pass(Integer.MAX_VALUE, 1);
    return ledger;
  }
}
