package dev.pollux.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.core.Interleavings;
import dev.pollux.core.Waker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The races are those of the class comment; each is played step by step on one thread. */
class ReadyQueueTest {

  private final ReadyQueue queue = new ReadyQueue();
  private final AtomicInteger consumerWakes = new AtomicInteger();
  private final Waker consumer = consumerWakes::incrementAndGet;

  private static final class TestNode extends ReadyQueue.Node {
    TestNode(ReadyQueue queue) {
      super(queue);
    }
  }

  /** A node that was added, taken out, and is waiting for a wake. */
  private TestNode waitingNode() {
    TestNode node = new TestNode(queue);
    queue.add(node);
    assertThat(queue.peek()).isSameAs(node);
    assertThat(queue.remove()).isSameAs(node);
    node.transitionToIdle();
    return node;
  }

  private List<ReadyQueue.Node> drain() {
    List<ReadyQueue.Node> drained = new ArrayList<>();
    while (queue.peek() != null) {
      drained.add(queue.remove());
    }
    return drained;
  }

  @Test
  void isFirstInFirstOut() {
    List<TestNode> nodes = List.of(waitingNode(), waitingNode(), waitingNode());
    nodes.forEach(TestNode::wake);
    assertThat(drain()).containsExactlyElementsOf(nodes);
    assertThat(queue.peek()).isNull();
  }

  @Test
  void laterWakesComeAfterWhatTheConsumerHasTakenAlready() {
    TestNode a = waitingNode();
    TestNode b = waitingNode();
    TestNode c = waitingNode();
    a.wake();
    b.wake();
    assertThat(queue.peek()).isSameAs(a);
    c.wake();
    TestNode added = new TestNode(queue);
    queue.add(added);
    assertThat(drain()).containsExactly(a, b, c, added);
  }

  @Test
  void aNodeThatIsPutBackQueuedComesAfterAllThatWereWoken() {
    TestNode a = waitingNode();
    TestNode b = waitingNode();
    TestNode c = waitingNode();
    a.wake();
    b.wake();
    assertThat(queue.peek()).isSameAs(a);
    queue.remove();
    a.wake(); // it is QUEUED, so this does nothing
    c.wake();
    queue.append(a);
    assertThat(drain()).containsExactly(b, c, a);
  }

  @Test
  void aNewNodeCanComeBeforeThoseThatWereWokenSince() {
    TestNode a = waitingNode();
    TestNode b = waitingNode();
    a.wake();
    assertThat(queue.peek()).isSameAs(a);
    b.wake();
    TestNode added = new TestNode(queue);
    queue.appendNext(added);
    assertThat(drain()).containsExactly(a, added, b);
  }

  @Test
  void aNodeThatIsWokenTwiceIsQueuedOnce() {
    TestNode node = waitingNode();
    node.wake();
    node.wake();
    assertThat(drain()).containsExactly(node);
  }

  @Test
  void aWakeWakesTheRegisteredConsumerOnce() {
    TestNode a = waitingNode();
    TestNode b = waitingNode();
    assertThat(queue.peekOrRegister(consumer)).isNull();
    a.wake();
    b.wake();
    assertThat(consumerWakes).hasValue(1);
    assertThat(drain()).containsExactly(a, b);
  }

  @Test
  void addingWakesAConsumerThatWaits() {
    queue.add(new TestNode(queue));
    assertThat(consumerWakes).hasValue(0);
    assertThat(drain()).hasSize(1);
    assertThat(queue.peekOrRegister(consumer)).isNull();
    queue.add(new TestNode(queue));
    assertThat(consumerWakes).hasValue(1);
  }

  /** R1: however the steps follow one another, the node is found or the consumer is woken. */
  @Test
  void aPushBetweenTheLastLookAndTheRegistrationIsNotLost() {
    for (int[] order : Interleavings.of(3, 3)) {
      ReadyQueue raced = new ReadyQueue();
      AtomicInteger woken = new AtomicInteger();
      ConsumerSteps consumerSide = new ConsumerSteps(raced, woken::incrementAndGet);
      TestNode node = new TestNode(raced);
      node.transitionToIdle();
      ReadyQueue[] pushTo = {null};
      List<Runnable> producer =
          List.of(
              () -> pushTo[0] = node.transitionToQueued(),
              () -> pushTo[0].push(node),
              () -> pushTo[0].wakeConsumer());
      List<Runnable> consumer =
          List.of(consumerSide::look, consumerSide::register, consumerSide::look);
      int[] at = {0, 0};
      for (int thread : order) {
        (thread == 0 ? producer : consumer).get(at[thread]++).run();
      }
      assertThat(consumerSide.found || woken.get() > 0).as(Arrays.toString(order)).isTrue();
    }
  }

  /** The steps of {@link ReadyQueue#peekOrRegister}, one by one. */
  private static final class ConsumerSteps {
    final ReadyQueue queue;
    final Waker waker;
    boolean found;

    ConsumerSteps(ReadyQueue queue, Waker waker) {
      this.queue = queue;
      this.waker = waker;
    }

    void look() {
      found |= queue.peek() != null;
    }

    void register() {
      if (!found) {
        queue.register(waker);
      }
    }
  }

  /** R2. */
  @Test
  void aWakeDuringThePollOfTheSameNodeOwesAnotherPoll() {
    TestNode node = waitingNode();
    node.wake();
    assertThat(drain()).containsExactly(node);
    node.transitionToIdle(); // its poll starts
    node.wake();
    assertThat(drain()).containsExactly(node);
  }

  /** R3: both wakes come before the poll, which sees what led to either. */
  @Test
  void aWakeOfAQueuedNodeBeforeItsPollNeedsNoPollOfItsOwn() {
    TestNode node = waitingNode();
    node.wake();
    assertThat(drain()).containsExactly(node);
    node.wake(); // taken out, not yet polled
    node.transitionToIdle();
    assertThat(drain()).isEmpty();
  }

  /** R3, the stalled producer: a node on its way is not pushed by another. */
  @Test
  void aWakeWhileAnotherIsOnItsWayPushesNothing() {
    TestNode node = waitingNode();
    ReadyQueue pushTo = node.transitionToQueued();
    node.wake();
    assertThat(queue.peek()).isNull();
    pushTo.push(node);
    assertThat(drain()).containsExactly(node);
  }

  /** R4, the wake first: a husk. */
  @Test
  void aWakeJustBeforeTheFinishLeavesAHusk() {
    TestNode node = waitingNode();
    ReadyQueue pushTo = node.transitionToQueued();
    node.finish();
    pushTo.push(node);
    pushTo.wakeConsumer();
    assertThat(drain()).containsExactly(node);
  }

  /** R4, the finish first: nothing. */
  @Test
  void aWakeAfterTheFinishDoesNothing() {
    TestNode node = waitingNode();
    assertThat(queue.peekOrRegister(consumer)).isNull();
    node.finish();
    node.wake();
    assertThat(queue.peek()).isNull();
    assertThat(consumerWakes).hasValue(0);
  }

  /** R5. */
  @Test
  void aPushThatWasOvertakenByATakeAndAPushOfTheSameNodeIsStillRight() {
    TestNode top = waitingNode();
    TestNode slow = waitingNode();
    top.wake(); // `slow` reads it as the top, and stalls
    assertThat(drain()).containsExactly(top);
    top.transitionToIdle();
    TestNode below = waitingNode();
    below.wake();
    top.wake();
    assertThat(slow.transitionToQueued()).isSameAs(queue);
    assertThat(queue.tryPush(slow, top)).isTrue();
    assertThat(drain()).containsExactly(below, top, slow);
  }

  @Test
  void aPushThatWasOvertakenTriesAgain() {
    TestNode fast = waitingNode();
    TestNode slow = waitingNode();
    assertThat(slow.transitionToQueued()).isSameAs(queue);
    fast.wake();
    assertThat(queue.tryPush(slow, null)).isFalse();
    queue.push(slow);
    assertThat(drain()).containsExactly(fast, slow);
  }

  @Test
  void clearForgetsTheConsumerAndEveryNode() {
    TestNode node = waitingNode();
    assertThat(queue.peekOrRegister(consumer)).isNull();
    queue.clear();
    node.wake();
    assertThat(consumerWakes).hasValue(0);
    queue.clear();
    assertThat(queue.peek()).isNull();
  }
}
