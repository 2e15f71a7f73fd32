package dev.pollux.samples.model;

import dev.pollux.core.AsyncIterator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * One operator of one pipeline, with its numbers drawn.
 *
 * @param text for the name of a failing case
 * @param ours puts it on an iterator, once for each run
 * @param model what it makes of a list
 * @param flux puts Reactor's on a flux; null if none corresponds
 */
record Step(
    String text,
    Build<AsyncIterator<Value>> ours,
    UnaryOperator<Model> model,
    @Nullable Build<Flux<Value>> flux) {

  /** Puts an operator on a stream. */
  interface Build<S> {
    S on(S upstream, Run run);
  }

  static Step of(String text, Build<AsyncIterator<Value>> ours, UnaryOperator<Model> model) {
    return new Step(text, ours, model, null);
  }

  static Step of(
      String text,
      Build<AsyncIterator<Value>> ours,
      UnaryOperator<Model> model,
      Build<Flux<Value>> flux) {
    return new Step(text, ours, model, flux);
  }
}
