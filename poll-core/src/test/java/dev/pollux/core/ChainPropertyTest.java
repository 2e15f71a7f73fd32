package dev.pollux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Chains of random operators, nested at random and partly polled while they are made, against a
 * plain evaluation of the same operators.
 */
class ChainPropertyTest {

  private static final int MAP = 0;
  private static final int FLAT_MAP = 1;
  private static final int FAIL = 2;
  private static final int RECOVER = 3;
  private static final int RECOVER_WITH = 4;
  private static final int HANDLE = 5;
  private static final int YIELD = 6;
  private static final int POLL_NOW = 7;
  private static final int DEFER = 8;
  private static final int LAST = DEFER;

  private static final class Expected extends Exception {
    private static final long serialVersionUID = 1L;

    Expected(String message) {
      super(message);
    }
  }

  /** An outcome of the plain evaluation: a value, or a failure with a message. */
  private record Outcome(String value, String failure) {}

  /** Reads a program: each operator that makes a future takes the next few operators for it. */
  private static final class Program {
    final List<Integer> ops;
    int at;

    Program(List<Integer> ops) {
      this.ops = ops;
    }

    /** The next operators, as the program of an inner future. */
    List<Integer> inner() {
      int from = Math.min(at, ops.size());
      int to = Math.min(from + 4, ops.size());
      at = to;
      return ops.subList(from, to);
    }
  }

  private final HandCrank crank = new HandCrank();

  @Property(tries = 2000)
  void aChainEndsAsItsStepsSay(@ForAll @Size(max = 40) List<@IntRange(max = LAST) Integer> program)
      throws Exception {
    Outcome expected = evaluate(program, "");
    Future<String> chain = build(program, "");
    Outcome actual;
    try {
      actual = new Outcome(crank.finish(chain), null);
    } catch (Expected failure) {
      actual = new Outcome(null, failure.getMessage());
    }
    assertThat(actual).isEqualTo(expected);
  }

  @Property(tries = 2000)
  void aChainThatIsCancelledCancelsItsSourceOnceAndRunsNoStep(
      @ForAll @Size(max = 40) List<@IntRange(max = DEFER - 1) Integer> program,
      @ForAll boolean polled)
      throws Exception {
    List<String> ran = new ArrayList<>();
    Probe<String> source = new Probe<>();
    Future<String> chain = build(program, source.handle((s, failure) -> note(ran, "first")));
    chain = chain.handle((s, failure) -> note(ran, "last"));
    if (polled) {
      assertThat(crank.poll(chain).isPending()).isTrue();
    }
    chain.cancel();
    source.complete("late");
    assertThat(source.cancels).isEqualTo(1);
    assertThat(ran).isEmpty();
  }

  private static String note(List<String> notes, String note) {
    notes.add(note);
    return note;
  }

  private Future<String> build(List<Integer> ops, String start) throws Exception {
    return build(ops, Futures.ready(start));
  }

  private Future<String> build(List<Integer> ops, Future<String> source) throws Exception {
    Program program = new Program(ops);
    Future<String> chain = source;
    while (program.at < ops.size()) {
      int op = ops.get(program.at++);
      switch (op) {
        case MAP -> chain = chain.map(s -> s + "m");
        case FLAT_MAP -> {
          List<Integer> inner = program.inner();
          chain = chain.flatMap(s -> unchecked(inner, s + "f"));
        }
        case FAIL -> chain = chain.flatMap(s -> Futures.failed(new Expected(s + "x")));
        case RECOVER -> chain = chain.recover(failure -> failure.getMessage() + "r");
        case RECOVER_WITH -> {
          List<Integer> inner = program.inner();
          chain = chain.recoverWith(failure -> unchecked(inner, failure.getMessage() + "w"));
        }
        case HANDLE ->
            chain =
                chain.handle((s, failure) -> (failure == null ? s : failure.getMessage()) + "h");
        case YIELD -> chain = chain.flatMap(s -> Futures.yieldNow().map(nothing -> s + "y"));
        case POLL_NOW -> chain = pollNow(chain);
        default -> {
          Future<String> deferred = chain;
          chain = Futures.defer(() -> deferred);
        }
      }
    }
    return chain;
  }

  private Future<String> unchecked(List<Integer> ops, String start) {
    try {
      // Inner chains are made inside a poll, where this poller can't be used.
      return build(ops.stream().filter(op -> op != POLL_NOW).toList(), start);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  /** Polls a chain that waits, so that what comes after takes over a chain that is running. */
  private Future<String> pollNow(Future<String> chain) throws Exception {
    boolean[] polled = {false};
    Future<String> waiting =
        Futures.pollFn(
                cx -> {
                  if (!polled[0]) {
                    polled[0] = true;
                    cx.wakeSelf();
                    return Poll.pending();
                  }
                  return chain.poll(cx);
                },
                chain::cancel)
            .map(s -> s)
            .recoverWith(Futures::failed);
    assertThat(crank.poll(waiting).isPending()).isTrue();
    return waiting;
  }

  private static Outcome evaluate(List<Integer> ops, String start) {
    Outcome outcome = new Outcome(start, null);
    int at = 0;
    while (at < ops.size()) {
      int op = ops.get(at++);
      boolean takesInner = op == FLAT_MAP || op == RECOVER_WITH;
      int to = takesInner ? Math.min(at + 4, ops.size()) : at;
      List<Integer> inner = ops.subList(at, to).stream().filter(o -> o != POLL_NOW).toList();
      at = to;
      String value = outcome.value();
      String failure = outcome.failure();
      boolean ok = failure == null;
      outcome =
          switch (op) {
            case MAP -> ok ? new Outcome(value + "m", null) : outcome;
            case FLAT_MAP -> ok ? evaluate(inner, value + "f") : outcome;
            case FAIL -> ok ? new Outcome(null, value + "x") : outcome;
            case RECOVER -> ok ? outcome : new Outcome(failure + "r", null);
            case RECOVER_WITH -> ok ? outcome : evaluate(inner, failure + "w");
            case HANDLE -> new Outcome((ok ? value : failure) + "h", null);
            case YIELD -> ok ? new Outcome(value + "y", null) : outcome;
            default -> outcome;
          };
    }
    return outcome;
  }
}
