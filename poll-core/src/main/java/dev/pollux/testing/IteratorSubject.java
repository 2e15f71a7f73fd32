package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.Sink;
import dev.pollux.core.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** An iterator under test, read as the plan says. */
final class IteratorSubject<T> implements Subject, Sink<T> {

  private final AsyncIterator<T> iterator;

  /** The iterator, polled with the budget of the plan. */
  private final AsyncIterator<T> polled;

  private final Plan plan;
  private final Random random;

  /** How many elements are enough, of an iterator that doesn't end. */
  private final int enough;

  private final List<T> elements = new ArrayList<>();

  /**
   * What it did against the contract of {@code pollEach}, and against its own {@code knownEnded}.
   */
  private final List<String> sinkBreaches = new ArrayList<>();

  private final List<String> endBreaches = new ArrayList<>();

  /** What the sink throws at its first element, if anything. */
  private @Nullable RuntimeException thrown;

  // Of the turn that goes on.
  private int wanted;
  private int taken;
  private boolean stopped;

  IteratorSubject(AsyncIterator<T> iterator, Plan plan, Random random, int enough) {
    this.iterator = requireNonNull(iterator, "the subject is null");
    this.polled = plan.budget() == Plan.NONE ? iterator : new Cut<>(iterator, plan.budget());
    this.plan = plan;
    this.random = random;
    this.enough = enough;
  }

  @Override
  public Progress poll(PollHarness harness) throws Exception {
    boolean each =
        switch (plan.reading()) {
          case NEXT -> false;
          case EACH -> true;
          case MIXED -> random.nextBoolean();
        };
    boolean saidEnded = iterator.knownEnded();
    int before = elements.size();
    Progress progress = each ? pollEach(harness) : pollNext(harness);
    if (saidEnded && (progress != Progress.OVER || elements.size() > before)) {
      endBreaches.add("knownEnded() was true before a poll that was no End");
    }
    return progress != Progress.OVER && elements.size() >= enough ? Progress.ENOUGH : progress;
  }

  private Progress pollNext(PollHarness harness) throws Exception {
    Next<T> answer = requireNonNull(harness.pollNext(polled), "pollNext answered null");
    if (answer instanceof Item<T> item) {
      elements.add(item.value());
      return Progress.MORE;
    }
    return answer.isEnd() ? Progress.OVER : Progress.PENDING;
  }

  private Progress pollEach(PollHarness harness) throws Exception {
    wanted = plan.sinkStop();
    if (plan.reading() == Plan.Reading.MIXED) {
      wanted = 1 + random.nextInt(4);
    }
    taken = 0;
    stopped = false;
    Turn turn = requireNonNull(harness.pollEach(polled, this), "pollEach answered null");
    if (turn == Turn.ENDED) {
      return Progress.OVER;
    }
    // What it should have answered is what the trial goes by: the rest of the life may be sound.
    if (turn == Turn.STOPPED && !stopped) {
      sinkBreaches.add("pollEach answered STOPPED, and the sink had not stopped it");
    }
    if (turn == Turn.PENDING && stopped) {
      sinkBreaches.add("pollEach answered PENDING though the sink had stopped it");
    }
    return stopped ? Progress.MORE : Progress.PENDING;
  }

  @Override
  public boolean accept(T item) {
    if (stopped) {
      sinkBreaches.add("an element was offered after the sink had answered false");
    }
    elements.add(item);
    if (thrown != null) {
      throw thrown;
    }
    taken++;
    stopped = taken == wanted || elements.size() >= enough;
    return !stopped;
  }

  @Override
  public List<String> pollAfterEnd(PollHarness harness) {
    List<String> complaints = new ArrayList<>();
    complaints.addAll(Refusal.of("pollNext", () -> harness.pollNext(iterator)));
    complaints.addAll(Refusal.of("pollEach", () -> harness.pollEach(iterator, item -> true)));
    return complaints;
  }

  @Override
  public void cancel() {
    iterator.cancel();
  }

  @Override
  public Description description() {
    return Description.ofIterator(iterator);
  }

  /** Breaks the contract of sinks. */
  void throwAtFirst(RuntimeException failure) {
    thrown = failure;
  }

  /** The elements so far. */
  List<T> elements() {
    return elements;
  }

  List<String> sinkBreaches() {
    return sinkBreaches;
  }

  List<String> endBreaches() {
    return endBreaches;
  }

  @Override
  public Object itself() {
    return iterator;
  }

  @Override
  public String given() {
    return elements.toString();
  }

  @Override
  public void letGo() {
    elements.clear();
  }

  /** Polls another iterator with less budget. */
  private static final class Cut<T> implements AsyncIterator<T> {

    private final AsyncIterator<T> iterator;
    private final int budget;

    Cut(AsyncIterator<T> iterator, int budget) {
      this.iterator = iterator;
      this.budget = budget;
    }

    @Override
    public Next<T> pollNext(Context cx) throws Exception {
      BudgetCut.to(budget, cx);
      return iterator.pollNext(cx);
    }

    @Override
    public Turn pollEach(Context cx, Sink<? super T> sink) throws Exception {
      BudgetCut.to(budget, cx);
      return iterator.pollEach(cx, sink);
    }
  }
}
