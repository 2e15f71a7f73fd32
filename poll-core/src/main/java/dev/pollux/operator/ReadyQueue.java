package dev.pollux.operator;

import static java.lang.invoke.MethodHandles.lookup;
import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.pollux.core.AtomicWaker;
import dev.pollux.core.Waker;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The children of a set that are owed a poll, oldest wake-up first. Multi-producer,
 * single-consumer; unbounded, without allocation: a node is the waker of its child and its own link
 * in the queue.
 *
 * @threading {@link Node#wake()} belongs to any thread; everything else to the consumer, the task
 *     that polls the set
 */
public final class ReadyQueue {
  /*
   * Invariants
   *  I1  A node is in the queue, or on its way there, at most once: whoever turns its state from IDLE to QUEUED pushes
   *      it, and only the consumer turns it back, after it took the node out.
   *  I2  `pushed` is a stack, newest on top, linked by `next`. Producers put on top; the consumer takes all of it, turns
   *      it over, and keeps it in `first`..`last`, which nobody else sees. So the queue is first in, first out.
   *  I3  The link of a node belongs to the thread that turned it QUEUED until it is on the stack, to the consumer after.
   *  I4  A finished node knows no queue. It may still be in the queue, or come there once more (R4): a husk, which the
   *      consumer knows by its empty child and drops. A husk is never turned IDLE.
   *
   * Transitions of a node
   *  QUEUED --start of a poll--> IDLE      (a node is born QUEUED; the consumer has just taken it out)
   *  IDLE   --wake-->            QUEUED    (the caller pushes, then wakes the consumer)
   *  QUEUED --wake-->            QUEUED    (nothing to do: the poll that is owed will see what led to this wake)
   *  The consumer may take a node out and leave it QUEUED, so that no wake puts it back, until it appends it.
   *
   * Races
   *  R1  Nothing found, but a push before the task is parked. The consumer registers its waker when it has found
   *      nothing, then looks again; a producer pushes, then wakes. Whichever of the two words (stack, waker) is looked
   *      at, one side comes second and sees the other.
   *  R2  A wake during the poll of the same child. The state is IDLE from before the poll on, so the wake queues the
   *      node again and a second poll is owed.
   *  R3  A wake of a node that is queued. It does nothing, but it must write, and the start of the poll must read what it
   *      wrote, or what its thread did before might not be seen by that poll, and no other poll would be owed. So both
   *      are read-modify-writes: `state == QUEUED ? return` in wake(), or a plain store at the start, loses wake-ups.
   *  R4  A wake that meets the finish. It finds the queue gone and pushes nothing, or it has read the queue before and
   *      pushes a husk; both are harmless, for no poll is owed any more.
   *  R5  A push onto a stack that was taken and filled anew meanwhile, with the same node on top. The link it wrote is
   *      that node, which is on top again: still right. (The consumer takes all or nothing, so there is no ABA.)
   *
   * Ordering
   *  `state`, `pushed` and the consumer's waker are accessed in volatile mode only; R1 needs their total order. `next` and
   *  `queue` are plain: `next` is published by the CAS on the stack; of `queue` a stale value does no harm (R4).
   *
   * Progress: wake is lock-free (the CAS of a push fails only if another push, or a take, got through). Nothing in here
   * waits for a stalled producer; one that stalls between its two steps delays the poll of its own child only.
   *
   * Source: the ready-to-run queue of futures-rs' FuturesUnordered, over Treiber's stack in place of Vyukov's list, whose
   * consumer can meet a half-linked node and has to spin.
   */

  private static final VarHandle PUSHED =
      ConstantBootstraps.fieldVarHandle(
          lookup(), "pushed", VarHandle.class, ReadyQueue.class, Node.class);

  /** The waker of a child, and its place in the queue. The same object from poll to poll. */
  public abstract static class Node implements Waker {

    /** Not in the queue: the child is being polled, or waits. */
    private static final int IDLE = 0;

    /** In the queue, or on the way there. */
    private static final int QUEUED = 1;

    private static final VarHandle STATE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "state", VarHandle.class, Node.class, int.class);

    @SuppressWarnings("unused") // through STATE only
    private volatile int state = QUEUED;

    private @Nullable ReadyQueue queue;
    private @Nullable Node next;

    /** A node that is owed its first poll: the next thing to do is to {@link ReadyQueue#add} it. */
    protected Node(ReadyQueue queue) {
      this.queue = queue;
    }

    @Override
    public final void wake() {
      ReadyQueue pushTo = transitionToQueued();
      if (pushTo != null) {
        pushTo.push(this);
        pushTo.wakeConsumer();
      }
    }

    /**
     * Records a wake. Returns the queue that the caller must push the node to, null if there is
     * nothing to do.
     */
    public final @Nullable ReadyQueue transitionToQueued() {
      return (int) STATE.getAndSet(this, QUEUED) == IDLE ? queue : null;
    }

    /** Starts the poll of a node that was taken out: from here on a wake queues it again. */
    public final void transitionToIdle() {
      int before = (int) STATE.getAndSet(this, IDLE);
      assert before == QUEUED : "IDLE";
    }

    /** Ends the life of the node: a wake from here on finds no queue, and nothing else either. */
    public final void finish() {
      queue = null;
    }
  }

  /** The waker of the task that polls the set. */
  private final AtomicWaker consumer = new AtomicWaker();

  private volatile @Nullable Node pushed;

  /** The consumer's part of the queue. */
  private @Nullable Node first;

  private @Nullable Node last;

  // ---- any thread

  /**
   * Puts a node on the stack whose turn to QUEUED the caller has made. The consumer is to be woken
   * next.
   */
  public void push(Node node) {
    while (!tryPush(node, pushed)) {
      // Another push, or a take, got through.
    }
  }

  /** Puts a node on the stack if the top is still {@code top}; part of {@link #push}. */
  public boolean tryPush(Node node, @Nullable Node top) {
    node.next = top;
    return PUSHED.compareAndSet(this, top, node);
  }

  /** Wakes the consumer if it waits. */
  public void wakeConsumer() {
    consumer.wake();
  }

  // ---- the consumer

  /**
   * Puts a new node at the end, and wakes the consumer's task if it waits: it may not be about to
   * poll.
   */
  public void add(Node node) {
    append(node);
    if (consumer.isRegistered()) { // nobody but the caller registers
      consumer.wake();
    }
  }

  /** The node whose turn it is, left in the queue, or null if the queue is empty. */
  public @Nullable Node peek() {
    if (first == null) {
      takePushed();
    }
    return first;
  }

  /**
   * The node whose turn it is, left in the queue, or null if {@code waker} will be woken by the
   * next push.
   */
  public @Nullable Node peekOrRegister(Waker waker) {
    Node node = peek();
    if (node == null) {
      register(waker); // first; then look again (R1)
      node = peek();
    }
    return node;
  }

  /** Leaves a waker for the next push; part of {@link #peekOrRegister}. */
  public void register(Waker waker) {
    consumer.register(waker);
  }

  /** Takes the node out that {@link #peek} showed. */
  @CanIgnoreReturnValue
  public Node remove() {
    Node node = requireNonNull(first);
    first = node.next;
    if (first == null) {
      last = null;
    }
    node.next = null;
    return node;
  }

  /** Forgets the consumer's waker: its task no longer waits, and the set lives on. */
  public void clearConsumer() {
    if (consumer.isRegistered()) { // nobody but the caller registers
      consumer.clear();
    }
  }

  /**
   * Forgets the consumer's waker and what is in the queue: the set is over, and its nodes are
   * finished.
   */
  public void clear() {
    consumer.clear();
    while (peek() != null) {
      remove();
    }
  }

  /** Takes all that was pushed, and puts it behind what the consumer has. */
  private void takePushed() {
    if (pushed == null) {
      return;
    }
    Node newest = (Node) PUSHED.getAndSet(this, (Node) null);
    Node oldest = null;
    for (Node node = newest; node != null; ) {
      Node older = node.next;
      node.next = oldest;
      oldest = node;
      node = older;
    }
    if (last == null) {
      first = oldest;
    } else {
      last.next = oldest;
    }
    last = newest;
  }

  /**
   * Puts a node at the end, behind all that was pushed before, for a consumer that will look at the
   * queue again: a new one, or one that was taken out and is QUEUED.
   */
  public void append(Node node) {
    takePushed(); // else a consumer that always has one more would never come to them
    appendNext(node);
  }

  /**
   * Puts a new node behind those that the consumer has taken over, and so before those that were
   * woken since: for a consumer that goes on with {@link #append} before it does this again.
   */
  public void appendNext(Node node) {
    if (last == null) {
      first = node;
    } else {
      last.next = node;
    }
    last = node;
  }
}
