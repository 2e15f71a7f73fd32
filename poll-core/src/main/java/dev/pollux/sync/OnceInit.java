package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Future;
import dev.pollux.core.Poll;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.spi.Unpolled;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the value, waits for it, or computes it: see {@link AsyncOnceCell#getOrInit}.
 *
 * @cancellation an initialiser that runs is cancelled; the turn goes to the next
 * @threading confined to the polling task, but for its place in the queue
 */
final class OnceInit<T> extends Waiter implements Future<T> {

  /** Null once over. */
  private @Nullable AsyncOnceCell<T> cell;

  /** Null once called, or over. */
  private @Nullable Supplier<? extends Future<? extends T>> initializer;

  /** What computes the value, while this one does. */
  private @Nullable Future<? extends T> running;

  private @Nullable Discard discard;

  OnceInit(AsyncOnceCell<T> cell, Supplier<? extends Future<? extends T>> initializer) {
    this.cell = cell;
    this.initializer = initializer;
  }

  @Override
  boolean withholds() {
    return true; // the turn; or the value, and then nobody waits behind
  }

  @Override
  String resource() {
    return "the turn to initialise a cell";
  }

  @Override
  public Poll<T> poll(Context cx) throws Exception {
    AsyncOnceCell<T> cell = this.cell;
    if (cell == null) {
      throw new PollAfterEndException("AsyncOnceCell.getOrInit");
    }
    Unpolled.used(this);
    if (running == null) {
      if (!cx.tryProceed()) {
        return Poll.pending();
      }
      if (!cell.hasTurnOrValue(this, cx.waker())) {
        cx.budget().giveBack();
        return Poll.pending();
      }
      end(); // it waits no more
      Poll<T> answer = cell.answer();
      if (answer != null) {
        over();
        return answer;
      }
    }
    return pollInitializer(cell, cx);
  }

  /** It has the turn. */
  private Poll<T> pollInitializer(AsyncOnceCell<T> cell, Context cx) throws Exception {
    Poll<T> answer;
    try {
      Future<? extends T> running = this.running;
      if (running == null) {
        discard = cx.discard();
        cell.beginTurn(Holder.of(cx));
        running = requireNonNull(requireNonNull(initializer).get(), "initializer made null");
        Unpolled.used(running);
        initializer = null;
        this.running = running;
      }
      Poll<? extends T> polled = running.poll(cx);
      if (polled.isPending()) {
        return Poll.pending();
      }
      answer = Poll.ready(requireNonNull(polled.value(), "the value of an initializer"));
    } catch (Throwable failure) {
      over();
      cell.passTurn();
      throw failure;
    }
    over();
    cell.complete(answer);
    return answer;
  }

  private void over() {
    cell = null;
    initializer = null;
    running = null;
    discard = null;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    AsyncOnceCell<T> cell = this.cell;
    Future<? extends T> running = this.running;
    Discard discard = this.discard == null ? Discard.closing() : this.discard;
    over();
    if (cell == null) {
      return;
    }
    if (running == null) {
      cell.withdraw(this);
      return;
    }
    try {
      running.cancel();
    } catch (Throwable violation) {
      discard.uncaught(violation, "cancel of a " + running.getClass().getName());
    }
    cell.passTurn(); // after its own has ended, so that one runs at a time
  }

  @Override
  public void describe(Description description) {
    description.name("AsyncOnceCell.getOrInit").child("initializer", running);
    AsyncOnceCell<T> cell = this.cell;
    if (cell == null) {
      description.with("state", "over");
    } else if (running == null) {
      description.waitsFor("the initializer of " + cell.initializedBy());
    }
  }
}
