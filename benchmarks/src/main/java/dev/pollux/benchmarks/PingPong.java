package dev.pollux.benchmarks;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Future;
import dev.pollux.core.Futures;
import dev.pollux.core.Poll;
import dev.pollux.spi.Spawner;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Spawns a number of tasks, each of which makes two {@linkplain OneShot one-shots} and a child that
 * answers by the second what comes by the first. The output is the number of right answers.
 */
public final class PingPong implements Future<Integer> {

  private final int pairs;
  private final AtomicInteger answers = new AtomicInteger();
  private final AtomicInteger rightAnswers = new AtomicInteger();
  private final OneShot<Integer> over = new OneShot<>();
  private boolean begun;

  /** Makes a game of {@code pairs} tasks and as many children. */
  public PingPong(int pairs) {
    this.pairs = pairs;
  }

  @Override
  public Poll<Integer> poll(Context cx) {
    if (!begun) {
      begun = true;
      Spawner spawner = cx.spawner();
      for (int i = 0; i < pairs; i++) {
        int ball = i;
        spawner.spawn(Futures.defer(() -> player(spawner, ball))).detach();
      }
    }
    return over.poll(cx);
  }

  private Future<Integer> player(Spawner spawner, int ball) {
    OneShot<Integer> request = new OneShot<>();
    OneShot<Integer> reply = new OneShot<>();
    spawner.spawn(request.map(x -> answer(reply, x + 1))).detach();
    request.send(ball);
    return reply.map(x -> count(x == ball + 1));
  }

  private static int answer(OneShot<Integer> reply, int value) {
    reply.send(value);
    return value;
  }

  private int count(boolean isRight) {
    if (isRight) {
      rightAnswers.incrementAndGet();
    }
    int count = answers.incrementAndGet();
    if (count == pairs) {
      over.send(rightAnswers.get());
    }
    return count;
  }

  @Override
  public void cancel() {
    over.cancel();
  }

  @Override
  public void describe(Description description) {
    description.name("ping-pong").with("answers", answers.get()).child("over", over);
  }
}
