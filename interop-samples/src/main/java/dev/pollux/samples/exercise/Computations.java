package dev.pollux.samples.exercise;

import dev.pollux.core.Context;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Five async computations with one to five awaits, each twice: as a state machine written by hand,
 * and as a chain of operators.
 */
final class Computations {

  /**
   * One of them.
   *
   * @param awaits how many awaits it has
   * @param source how it would be written in a language that has await
   * @param type the state machine
   * @param byHand makes one that was not polled
   * @param asChain makes a chain that was not polled
   * @param result what both come to
   */
  record Computation(
      int awaits,
      String source,
      Class<? extends StateMachine> type,
      Supplier<Future<Long>> byHand,
      Supplier<Future<Long>> asChain,
      long result) {}

  static final List<Computation> ALL =
      List.of(
          new Computation(
              1,
              "a = await(1); return a + 1",
              OneAwait.class,
              OneAwait::new,
              () -> answer(1).map(a -> a + 1),
              2),
          new Computation(
              2,
              "a = await(1); b = await(2); return a * b",
              TwoAwaits.class,
              TwoAwaits::new,
              () -> answer(1).flatMap(a -> answer(2).map(b -> a * b)),
              2),
          new Computation(
              3,
              "a = await(1); b = await(2); c = await(3); return a * c + b",
              ThreeAwaits.class,
              ThreeAwaits::new,
              () -> answer(1).flatMap(a -> answer(2).flatMap(b -> answer(3).map(c -> a * c + b))),
              5),
          new Computation(
              4,
              "sum = 0; for (i = 1; i <= 4; i++) sum += await(i); return sum",
              FourAwaits.class,
              FourAwaits::new,
              () -> sumFrom(1, 0),
              10),
          new Computation(
              5,
              "for (i = 0; i < 5; i++) kept[i] = await(5 - i); return median(kept)",
              FiveAwaits.class,
              FiveAwaits::new,
              () -> keepFrom(0, new long[FiveAwaits.ANSWERS]),
              3));

  private Computations() {}

  private static Future<Long> answer(long value) {
    return new Answer(value);
  }

  private static Future<Long> sumFrom(long i, long sum) {
    return i > FourAwaits.LAST
        ? Futures.ready(sum)
        : answer(i).flatMap(answer -> sumFrom(i + 1, sum + answer));
  }

  private static Future<Long> keepFrom(int i, long[] kept) {
    return answer(FiveAwaits.ANSWERS - i)
        .flatMap(
            answer -> {
              kept[i] = answer;
              return i + 1 < kept.length ? keepFrom(i + 1, kept) : Futures.ready(median(kept));
            });
  }

  private static long median(long[] kept) {
    long[] sorted = kept.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** What is awaited: one small object that is pending once, and then has its value. */
  private static final class Answer implements Future<Long> {

    private final long value;
    private boolean isAsked;

    Answer(long value) {
      this.value = value;
    }

    @Override
    public Poll<Long> poll(Context cx) {
      if (isAsked) {
        return Poll.ready(value);
      }
      isAsked = true;
      cx.wakeSelf();
      return Poll.pending();
    }
  }

  /** Needs no number of a step: there is one place only where it can stand. */
  private static final class OneAwait extends StateMachine {

    OneAwait() {
      super(answer(1));
    }

    @Override
    Poll<Long> resume(long answer) {
      return Poll.ready(answer + 1);
    }
  }

  /** One variable must outlive an await. */
  private static final class TwoAwaits extends StateMachine {

    @Purpose("at which await it stands")
    private int step;

    @Purpose("the first answer, for the product")
    private long a;

    TwoAwaits() {
      super(answer(1));
    }

    @Override
    Poll<Long> resume(long answer) {
      if (step++ == 0) {
        a = answer;
        return await(answer(2));
      }
      return Poll.ready(a * answer);
    }
  }

  /** Two variables must outlive an await. */
  private static final class ThreeAwaits extends StateMachine {

    @Purpose("at which await it stands")
    private int step;

    @Purpose("the first answer, for the product")
    private long a;

    @Purpose("the second answer, for the sum")
    private long b;

    ThreeAwaits() {
      super(answer(1));
    }

    @Override
    Poll<Long> resume(long answer) {
      return switch (step++) {
        case 0 -> {
          a = answer;
          yield await(answer(2));
        }
        case 1 -> {
          b = answer;
          yield await(answer(3));
        }
        default -> Poll.ready(a * answer + b);
      };
    }
  }

  /** A loop: more awaits, and fewer variables. */
  private static final class FourAwaits extends StateMachine {

    private static final int LAST = 4;

    @Purpose("the variable of the loop, which says where it stands too")
    private int i = 1;

    @Purpose("the sum of the answers so far")
    private long sum;

    FourAwaits() {
      super(answer(1));
    }

    @Override
    Poll<Long> resume(long answer) {
      sum += answer;
      i++;
      return i > LAST ? Poll.ready(sum) : await(answer(i));
    }
  }

  /** Keeps all answers, in an object of their own. */
  private static final class FiveAwaits extends StateMachine {

    private static final int ANSWERS = 5;

    @Purpose("the variable of the loop, which says where it stands too")
    private int i;

    @Purpose("all answers so far, for the median")
    private final long[] kept = new long[ANSWERS];

    FiveAwaits() {
      super(answer(ANSWERS));
    }

    @Override
    Poll<Long> resume(long answer) {
      kept[i++] = answer;
      return i == ANSWERS ? Poll.ready(median(kept)) : await(answer(ANSWERS - i));
    }
  }
}
