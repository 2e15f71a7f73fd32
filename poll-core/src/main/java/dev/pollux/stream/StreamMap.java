package dev.pollux.stream;

import static java.util.Objects.requireNonNull;

import dev.pollux.core.AsyncIterator;
import dev.pollux.core.Context;
import dev.pollux.core.Description;
import dev.pollux.core.Discard;
import dev.pollux.core.Item;
import dev.pollux.core.Next;
import dev.pollux.core.PollAfterEndException;
import dev.pollux.operator.Branches;
import dev.pollux.operator.Cancel;
import dev.pollux.operator.StackRoom;
import dev.pollux.spi.Unpolled;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Streams that come and go, each under a key, merged into one: the rooms that a user is in.
 *
 * <pre>{@code
 * StreamMap<String, Message> rooms = new StreamMap<>();
 * rooms.add("general", subscribe("general"));
 * rooms.add("jobs", subscribe("jobs"));
 * Next<Map.Entry<String, Message>> next = rooms.pollNext(cx);
 * rooms.remove("jobs").ifPresent(AsyncIterator::cancel);
 * }</pre>
 *
 * <p>Gives the elements of all streams as they come, each with the key of its stream, and polls
 * only those that were woken; those that have elements have their turns. A stream that ends is out
 * of the map without a word: {@link #containsKey} tells. If one fails, the others are cancelled and
 * its failure is thrown. Holds no element.
 *
 * <p>Streams may be added and removed between two polls, and added by one of the streams while it
 * is polled, for as long as the map is not over. A map that is polled while it is empty answers
 * {@code End} and is over: whoever means to add more later looks at {@link #size()} first. Source:
 * {@code StreamMap} of tokio-stream, which looks at all streams at each poll.
 *
 * @param <K> the type of the keys, which have {@code equals} and {@code hashCode}
 * @param <T> the type of the elements
 * @cancellation cancels the streams, newest first; nothing is lost
 * @threading as every iterator; the wakers that the streams are given may be woken from any thread
 */
public final class StreamMap<K, T> implements AsyncIterator<Map.Entry<K, T>> {

  /** Null once over. */
  private @Nullable Branches<T> streams = new Branches<>();

  private final Map<K, Branches.Branch<T>> byKey = new LinkedHashMap<>();
  private final Map<Branches.Branch<T>, K> keys = new HashMap<>();
  private @Nullable Discard discard;

  /** How many were ever added: numbers the streams in descriptions. */
  private int added;

  private boolean polling;

  /** Makes an empty map. */
  public StreamMap() {}

  /**
   * Adds a stream, which the map owns from now on. It is polled by the next poll of the map; a task
   * that waits for the map is woken. A stream that is there under the same key is cancelled.
   *
   * @param key the key of the stream
   * @param stream what is read
   * @throws IllegalStateException if the map is over; also if there is a stream under that key, and
   *     the map is being polled. The stream stays with the caller
   */
  public void add(K key, AsyncIterator<? extends T> stream) {
    requireNonNull(key, "key");
    requireNonNull(stream, "stream");
    Branches<T> streams = this.streams;
    if (streams == null) {
      throw new IllegalStateException("a StreamMap that is over takes no more streams");
    }
    remove(key).ifPresent(before -> Cancel.iterator(before, discard));
    Unpolled.used(stream);
    if (added == 0) {
      Unpolled.made(this);
    }
    Branches.Branch<T> branch = streams.add(added++, stream);
    byKey.put(key, branch);
    keys.put(branch, key);
  }

  /**
   * Takes a stream out, and hands it back, to be read on or cancelled.
   *
   * @param key the key of the stream
   * @return the stream, or empty if there is none under that key
   * @throws IllegalStateException if there is one, and the map is being polled
   */
  public Optional<AsyncIterator<? extends T>> remove(K key) {
    Branches.Branch<T> branch = byKey.get(requireNonNull(key, "key"));
    if (branch == null) {
      return Optional.empty();
    }
    if (polling) {
      throw new IllegalStateException(
          "a stream can't be taken out of a StreamMap while that is polled: key " + key);
    }
    forget(branch);
    return Optional.of(requireNonNull(streams).takeOut(branch));
  }

  private void forget(Branches.Branch<T> branch) {
    byKey.remove(requireNonNull(keys.remove(branch)));
  }

  /**
   * Whether there is a stream under {@code key}: it was added, and has not ended or been removed.
   */
  public boolean containsKey(K key) {
    return byKey.containsKey(requireNonNull(key, "key"));
  }

  /** The keys of the streams that are there now, oldest first; an immutable copy. */
  public Set<K> keys() {
    return Collections.unmodifiableSet(new LinkedHashSet<>(byKey.keySet()));
  }

  /** How many streams are there; 0 once the map is over. */
  public int size() {
    return byKey.size();
  }

  @Override
  public Next<Map.Entry<K, T>> pollNext(Context cx) throws Exception {
    Branches<T> streams = this.streams;
    if (streams == null) {
      throw new PollAfterEndException("StreamMap");
    }
    Unpolled.used(this);
    if (discard == null) {
      discard = cx.discard();
    }
    polling = true;
    try {
      for (var stream = streams.next(cx); stream != null; stream = streams.next(cx)) {
        Next<T> next = streams.pollNext(cx, stream);
        if (next instanceof Item<T> item) {
          streams.again(stream);
          return Next.item(Map.entry(requireNonNull(keys.get(stream)), item.value()));
        }
        if (next.isEnd()) {
          forget(stream);
        }
      }
    } catch (Throwable failure) {
      // Without stack a cancel would be half done. Owners further up have more, and cancel this.
      if (!(failure instanceof StackOverflowError) || StackRoom.isLeft()) {
        cancel();
      }
      throw failure;
    } finally {
      polling = false;
    }
    if (streams.size() > 0) {
      return Next.pending();
    }
    cancel();
    return Next.end();
  }

  @Override
  public boolean knownEnded() {
    return streams != null && streams.size() == 0;
  }

  @Override
  public void cancel() {
    Unpolled.used(this);
    Branches<T> streams = this.streams;
    Discard discard = this.discard;
    this.streams = null;
    this.discard = null;
    byKey.clear();
    keys.clear();
    if (streams != null) {
      Deque<AsyncIterator<?>> newestFirst = new ArrayDeque<>();
      streams.giveAll(newestFirst::addFirst);
      newestFirst.forEach(stream -> Cancel.iterator(stream, discard));
    }
  }

  @Override
  public void describe(Description description) {
    description.name("StreamMap").with("running", size()).with("added", added);
    byKey.forEach((key, branch) -> description.stream(String.valueOf(key), branch.iterator()));
  }

  @Override
  public String toString() {
    return "StreamMap" + keys();
  }
}
