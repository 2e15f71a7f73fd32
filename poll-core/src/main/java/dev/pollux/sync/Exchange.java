package dev.pollux.sync;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.Discard;
import dev.pollux.core.Next;
import dev.pollux.core.Waker;
import dev.pollux.sync.WaiterQueue.Granted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What many senders and many receivers have between them, and give each value to one receiver
 * through: the inside of {@link Mpmc}, {@link Rendezvous} and {@link PriorityChannel}. They differ
 * in the order of the values and in the capacity.
 *
 * @threading every method may be called by any thread, but where it takes a waiter: by its owner
 */
final class Exchange<T> implements Closing {
  /*
   * A waiting receiver is granted no value but the promise of one: it is woken, and takes what comes first when it is
   * polled. Until then the value is where it was. So a receiver that is cancelled, or is never polled again, has nothing
   * that could be lost or get out of order; what it was promised is promised to the next. And a receiver of priorities
   * gets what is highest when it looks.
   *
   * A waiting sender holds its value. When there is room, whoever makes it puts the value in its place on the sender's
   * behalf, and grants the sender: it is done. So waiting senders are served in their order, and their permits need no
   * return.
   *
   * With a capacity of 0 a receiver takes the value of the sender that waits longest. A `trySend` that meets a receiver
   * leaves a waiter there that nobody owns, and its value in `values`.
   *
   * A sender of a rendezvous that is cancelled breaks a promise: always that of the receiver which was promised something
   * last. That goes back to the front of the queue, where it came from, and so to its old place; that it was woken is its
   * waker's loss, and its next poll leaves another. (Here a GRANTED waiter goes back to QUEUED by another's hand. Its owner
   * acts on nothing but what it finds with the lock.)
   *
   * What is in `values` is owned by the channel and nobody else; it is all that must be discarded in the end. So this is
   * what a cleaner holds (see Leftovers), and not the waiters, of which each leads to a task. And it holds that only once
   * there was something to be closed: a value that leads back to the channel would keep it for good.
   *
   * Invariants, when nobody is in the lock
   *  I1  A sender waits only if there is no room: values.size() >= capacity.
   *  I2  A receiver waits only if all that is there is promised to those before it, available() <= promised, and more may
   *      come.
   *  I3  `promised` counts the receivers that are granted and have not looked since.
   *  I4  available() >= promised, but where the end has come. So who was promised something finds it, or the end.
   *  I5  Those that are promised something are linked, in the order in which they began to wait, and all of them began
   *      before those in the queue.
   *
   * `serve` restores I1, I2 and I4, and is the last step of each section that makes room, adds a value, gives a promise back or
   * comes nearer to the end. Nothing foreign is called in the lock but the comparator of a PriorityChannel, in `values.add`.
   * What that may not do is refused before anything changes. But a cancel is never refused: if it is called there, it is
   * done after the lock, by whoever comes out of it first.
   */

  /** A sender that waits with its value. */
  static class Sending<T> extends Waiter {

    /** Guarded by the lock while queued, the owner's otherwise. Null once the channel has it. */
    @Nullable T value;

    /** Why it was granted without having been sent, or null; written before the grant. */
    @Nullable Throwable failure;

    Sending(@Nullable T value) {
      this.value = value;
    }
  }

  /** What a {@code trySend} leaves at a rendezvous; the value is in {@code values}. */
  private static final class Left<T> extends Sending<T> {
    Left() {
      super(null);
    }
  }

  /** A receiver that waits, again and again. */
  static class Receiving extends Waiter {

    /** The neighbours among those that are promised something. Guarded by the lock. */
    private @Nullable Receiving promisedBefore;

    private @Nullable Receiving promisedAfter;

    @Override
    final boolean withholds() {
      return true;
    }

    @Override
    final String resource() {
      return "a value of a channel";
    }
  }

  /** What is left to be discarded if a channel is lost, without those who wait at it. */
  static final class Leftovers<T> {

    /** Null until something came that has to be closed. */
    private volatile @Nullable Values<T> values;

    /** Discards what is there. To be called when nobody has the channel any more. */
    void discard(Discard discard) {
      Values<T> values = this.values;
      if (values != null) {
        for (T value = values.poll(); value != null; value = values.poll()) {
          discard.discard(value);
        }
      }
    }
  }

  /** A capacity that is never reached. */
  static final int UNBOUNDED = Integer.MAX_VALUE;

  private final String name;
  private final Values<T> values;
  private final int capacity;
  private final Leftovers<T> leftovers = new Leftovers<>();

  // Guarded by this, which is not handed out.
  private final WaiterQueue senders = new WaiterQueue();
  private final WaiterQueue receivers = new WaiterQueue();
  private final WaiterQueue closeWaiters = new WaiterQueue();
  private int promised;
  private @Nullable Receiving lastPromised;
  private int senderHandles = 1;
  private int receiverHandles = 1;
  private boolean closed;

  /** Whether the thread in the lock is in foreign code, for which the lock is no obstacle. */
  private boolean placing;

  /** The cancels of a comparator. Written with the lock; read without by who has written. */
  private volatile @Nullable List<Runnable> postponed;

  /**
   * Makes an exchange with a handle on each side.
   *
   * @param name the class of the channel
   * @param values empty; takes its order
   * @param capacity how many values it holds at most: 0 for a rendezvous
   */
  Exchange(String name, Values<T> values, int capacity) {
    this.name = name;
    this.values = values;
    this.capacity = capacity;
  }

  String name() {
    return name;
  }

  /** What must be discarded if this is garbage. */
  Leftovers<T> leftovers() {
    return leftovers;
  }

  int capacity() {
    return capacity;
  }

  /** How many values are there that nobody is promised. */
  synchronized int length() {
    return Math.max(0, available() - promised);
  }

  /** The same, with the one that {@code receiving} is promised. */
  synchronized int length(Receiving receiving) {
    return Math.max(0, available() - promised + (receiving.isGranted() ? 1 : 0));
  }

  /** Whether nobody will receive what is sent from now on. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** Whether no more can be sent, but by those who wait already. */
  synchronized boolean isClosedToAll() {
    return closed || senderHandles == 0;
  }

  synchronized int receiverCount() {
    return receiverHandles;
  }

  // ---- sending

  /** Sends {@code value} if nobody has to wait for that. */
  TrySend trySend(T value) {
    Granted granted = new Granted();
    try {
      synchronized (this) {
        enter();
        if (closed || senderHandles == 0) {
          return TrySend.CLOSED;
        }
        if (capacity == 0) {
          if (receivers.isEmpty()) { // those that wait have been promised nothing
            return TrySend.FULL;
          }
          senders.add(new Left<T>());
        } else if (values.size() >= capacity) {
          return TrySend.FULL;
        }
        place(value);
        serve(granted);
        return TrySend.SENT;
      }
    } finally { // also if a comparator throws
      leave(granted);
    }
  }

  /**
   * Sends the value of a sender that has not waited yet, or lets it wait.
   *
   * @return whether it is over: sent if its value is gone, else refused because of its failure
   */
  boolean send(Sending<T> sending, Waker waker) {
    Granted granted = new Granted();
    boolean over;
    synchronized (this) {
      enter();
      over = sendOrWait(sending, waker, granted);
    }
    leave(granted);
    return over;
  }

  private boolean sendOrWait(Sending<T> sending, Waker waker, Granted granted) {
    if (sending.isGranted()) {
      return true;
    }
    if (sending.isQueued()) {
      sending.setWaker(waker);
      return false;
    }
    if (closed || senderHandles == 0) {
      sending.failure = refusal();
      return true;
    }
    if (values.size() < capacity) {
      moveIn(sending);
      serve(granted);
      return true;
    }
    sending.setWaker(waker);
    senders.add(sending);
    serve(granted); // a rendezvous has something to offer now
    return false;
  }

  /** Puts the value of a sender into its place, or its failure into the sender. */
  private void moveIn(Sending<T> sending) {
    try {
      place(requireNonNull(sending.value, "sent twice"));
      sending.value = null;
    } catch (Throwable failure) { // of a comparator
      sending.failure = failure;
    }
  }

  private void place(T value) {
    if (value instanceof AutoCloseable && leftovers.values == null) {
      leftovers.values = values;
    }
    placing = true;
    try {
      values.add(value);
    } finally {
      placing = false;
    }
  }

  /** First of all that changes something. */
  private void enter() {
    if (placing) {
      throw new IllegalStateException(
          "the comparator of a " + name + " may not use that channel itself");
    }
  }

  /** Refuses what a comparator may not do, before anything has changed. */
  synchronized void checkMayUse() {
    enter();
  }

  /** Whether {@code cancel}, which may not fail, must wait until a comparator has returned. */
  private boolean postpone(Runnable cancel) {
    if (!placing) {
      return false;
    }
    List<Runnable> postponed = this.postponed;
    if (postponed == null) {
      postponed = new ArrayList<>();
      this.postponed = postponed;
    }
    postponed.add(cancel);
    return true;
  }

  /** Last of all, without the lock. */
  private void leave(Granted granted) {
    granted.wakeAll();
    if (postponed != null) {
      List<Runnable> mine;
      synchronized (this) {
        if (placing) {
          return; // a comparator was refused something; whoever called it comes by here
        }
        mine = postponed;
        postponed = null;
      }
      if (mine != null) {
        mine.forEach(Runnable::run);
      }
    }
  }

  private ChannelClosedException refusal() {
    String why =
        receiverHandles == 0
            ? "all its receivers are gone"
            : closed ? "a receiver has closed it" : "all its senders are closed";
    return new ChannelClosedException("nothing can be sent to " + name + ": " + why);
  }

  /** Stops waiting with a value, and discards it if the channel has not taken it. */
  void withdraw(Sending<T> sending, Discard discard) {
    Granted granted = new Granted();
    T value;
    synchronized (this) {
      if (postpone(() -> withdraw(sending, discard))) {
        return;
      }
      value = sending.value;
      sending.value = null;
      if (sending.isQueued()) {
        senders.remove(sending); // a promise may be broken by it
        serve(granted); // it may have been the last
      } else {
        sending.end();
      }
    }
    leave(granted);
    discard.discard(value);
  }

  // ---- receiving

  /** Takes the next value for {@code receiving}, says that there will be none, or lets it wait. */
  Next<T> receive(Receiving receiving, Waker waker) {
    Granted granted = new Granted();
    Next<T> answer;
    synchronized (this) {
      enter();
      takePromise(receiving);
      answer = take(granted);
      if (answer.isPending()) {
        receiving.setWaker(waker);
        if (!receiving.isQueued()) {
          receivers.add(receiving);
        }
      } else if (receiving.isQueued()) {
        receivers.remove(receiving);
        receiving.setPhase(Waiter.NEW);
      }
    }
    leave(granted);
    return answer;
  }

  /**
   * As {@link #receive}, but does not begin to wait.
   *
   * @param receiving a waiter of the caller's, which may have been promised something
   */
  Next<T> tryReceive(Receiving receiving) {
    Granted granted = new Granted();
    Next<T> answer;
    synchronized (this) {
      enter();
      takePromise(receiving);
      answer = take(granted);
    }
    leave(granted);
    return answer;
  }

  /**
   * Takes values that nobody has been promised.
   *
   * @param into is filled from its start
   * @return how many there were
   */
  int receiveMore(@Nullable Object[] into) {
    Granted granted = new Granted();
    int count = 0;
    synchronized (this) {
      enter();
      while (count < into.length && available() > promised) {
        into[count++] = takeFirst(granted);
      }
      serve(granted);
    }
    leave(granted);
    return count;
  }

  /** A receiver that was granted looks, and may wait again. */
  private void takePromise(Receiving receiving) {
    if (receiving.isGranted()) {
      unpromise(receiving);
    }
  }

  private void promise(Receiving receiving, Granted granted) {
    receivers.grant(receiving, granted);
    promised++;
    receiving.promisedBefore = lastPromised;
    if (lastPromised != null) {
      lastPromised.promisedAfter = receiving;
    }
    lastPromised = receiving;
  }

  private void unpromise(Receiving receiving) {
    promised--;
    Receiving before = receiving.promisedBefore;
    Receiving after = receiving.promisedAfter;
    if (before != null) {
      before.promisedAfter = after;
    }
    if (after == null) {
      lastPromised = before;
    } else {
      after.promisedBefore = before;
    }
    receiving.promisedBefore = null;
    receiving.promisedAfter = null;
    receiving.setPhase(Waiter.NEW);
  }

  private Next<T> take(Granted granted) {
    if (available() > promised) {
      T value = takeFirst(granted);
      serve(granted);
      return Next.item(value);
    }
    return isOver() ? Next.end() : Next.pending();
  }

  private T takeFirst(Granted granted) {
    T value;
    if (capacity == 0) {
      Sending<T> sending = firstSender();
      value = sending instanceof Left ? values.poll() : sending.value;
      sending.value = null;
      senders.grant(sending, granted);
    } else {
      value = values.poll();
    }
    return requireNonNull(value, "available, but not there");
  }

  @SuppressWarnings("unchecked") // what is in `senders`
  private Sending<T> firstSender() {
    Waiter first = senders.first();
    return (Sending<T>) requireNonNull(first, "no sender waits");
  }

  /** Stops waiting; what was promised is promised to the next. */
  void withdraw(Receiving receiving) {
    Granted granted = new Granted();
    synchronized (this) {
      if (postpone(() -> withdraw(receiving))) {
        return;
      }
      if (receiving.isQueued()) {
        receivers.remove(receiving);
        receiving.setPhase(Waiter.NEW);
      } else {
        takePromise(receiving);
        serve(granted);
      }
    }
    leave(granted);
  }

  // ---- what both sides come down to

  /** The values that are there for receivers, promised or not. */
  private int available() {
    return capacity == 0 ? senders.size() : values.size();
  }

  /** Whether no receiver will get anything again. */
  private boolean isOver() {
    return (closed || senderHandles == 0) && values.size() == 0 && senders.isEmpty();
  }

  /** Gives room to the senders that wait, and promises to the receivers. */
  private void serve(Granted granted) {
    while (values.size() < capacity && !senders.isEmpty()) {
      Sending<T> sending = firstSender();
      moveIn(sending);
      senders.grant(sending, granted);
    }
    while (lastPromised != null && available() < promised && !isOver()) {
      Receiving inVain = lastPromised;
      unpromise(inVain);
      receivers.addFirst(inVain);
    }
    Waiter first = receivers.first();
    while (first != null && (available() > promised || isOver())) {
      promise((Receiving) first, granted);
      first = receivers.first();
    }
  }

  // ---- the handles

  /** One more; false if there is none left, and so an end that can't be taken back. */
  synchronized boolean addSender() {
    enter();
    if (senderHandles == 0) {
      return false;
    }
    senderHandles++;
    return true;
  }

  /** One more. The caller has one, which is not gone meanwhile. */
  synchronized void addReceiver() {
    enter();
    receiverHandles++;
  }

  /** A sender is closed; with the last one the end is in sight. */
  void removeSender() {
    Granted granted = new Granted();
    synchronized (this) {
      enter();
      senderHandles--;
      serve(granted);
    }
    leave(granted);
  }

  /** Takes no more; those who wait with a value are refused. */
  void close() {
    Granted granted = new Granted();
    synchronized (this) {
      enter();
      refuseSenders(granted);
      serve(granted);
    }
    leave(granted);
  }

  private void refuseSenders(Granted granted) {
    closed = true;
    closeWaiters.grantAll(granted);
    Waiter after;
    for (Waiter waiter = senders.first(); waiter != null; waiter = after) {
      after = waiter.next;
      @SuppressWarnings("unchecked") // what is in `senders`
      Sending<T> sending = (Sending<T>) waiter;
      if (!(sending instanceof Left)) {
        sending.failure = refusal();
        senders.grant(sending, granted);
      }
    }
  }

  /** A receiver is gone; with the last one goes all that is there. */
  void removeReceiver(Discard discard) {
    Granted granted = new Granted();
    List<T> dropped = List.of();
    synchronized (this) {
      if (postpone(() -> removeReceiver(discard))) {
        return;
      }
      receiverHandles--;
      if (receiverHandles == 0) {
        refuseSenders(granted);
        dropped = new ArrayList<>(available());
        while (available() > 0) {
          dropped.add(takeFirst(granted));
        }
        serve(granted);
      }
    }
    leave(granted);
    dropped.forEach(discard::discard);
  }

  // ---- waiting for the close

  @Override
  public synchronized boolean awaitClose(Waiter waiter, Waker waker) {
    if (closed) {
      return false;
    }
    waiter.setWaker(waker);
    if (!waiter.isQueued()) {
      closeWaiters.add(waiter);
    }
    return true;
  }

  @Override
  public synchronized void leaveClose(Waiter waiter) {
    if (waiter.isQueued()) {
      closeWaiters.remove(waiter);
    } else {
      waiter.end();
    }
  }

  /** For a dump: without the lock, so it may be a mixture of two moments. */
  @Override
  public String toString() {
    return name
        + "["
        + (capacity == 0 ? "" : values.size() + (capacity == UNBOUNDED ? "" : " of " + capacity))
        + (capacity == 0 ? "" : " values, ")
        + senders.size()
        + " sending, "
        + receivers.size()
        + " receiving"
        + (closed ? ", closed" : senderHandles == 0 ? ", all senders closed" : "")
        + "]";
  }
}
