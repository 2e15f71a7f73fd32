package dev.pollux.core;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a future says of itself: its name, its state in a few words, what it waits for, and its
 * children. A tree of these leads from a task to the leaves it waits on, without polling anything.
 *
 * <pre>{@code
 * public void describe(Description d) {
 *   d.name("timeout").with("after", duration).child("body", body).child("sleep", sleep);
 * }
 * }</pre>
 *
 * <p>A finished description holds strings only, and keeps no future alive.
 *
 * @threading made by the owner of the future, between polls; immutable to everybody else afterwards
 */
public final class Description {

  private String name;
  private final String role;
  private final Map<String, String> attributes = new LinkedHashMap<>();
  private final List<Description> children = new ArrayList<>();
  private @Nullable String waitsFor;

  /** What is still to be described, while the tree is being made. */
  private @Nullable Deque<Runnable> pending;

  private Description(String role, Object described, @Nullable Deque<Runnable> pending) {
    this.role = role;
    this.name = nameOf(described.getClass());
    this.pending = pending;
  }

  /** Describes {@code future} and everything below it. */
  public static Description of(Future<?> future) {
    requireNonNull(future, "future");
    return tree(future, future::describe);
  }

  /** Describes {@code iterator} and everything below it. */
  public static Description ofIterator(AsyncIterator<?> iterator) {
    requireNonNull(iterator, "iterator");
    return tree(iterator, iterator::describe);
  }

  private static Description tree(Object described, Consumer<Description> describe) {
    // A work list, not recursion: a tree may be deeper than a stack.
    Deque<Runnable> pending = new ArrayDeque<>();
    Description root = new Description("", described, pending);
    root.fill(describe);
    while (!pending.isEmpty()) {
      pending.removeFirst().run();
    }
    return root;
  }

  private void fill(Consumer<Description> describe) {
    try {
      describe.accept(this);
    } catch (Exception failure) {
      attributes.put("describe failed", String.valueOf(failure));
    } finally {
      pending = null;
    }
  }

  /** Names the future: the name of its kind, in lower case, such as {@code "join"}. */
  @CanIgnoreReturnValue
  public Description name(String name) {
    this.name = requireNonNull(name, "name");
    return this;
  }

  /**
   * Describes {@code inner} in place of this future, which only wraps it.
   *
   * @param inner what is described
   */
  @CanIgnoreReturnValue
  public Description sameAs(Future<?> inner) {
    name = nameOf(inner.getClass());
    inner.describe(this);
    return this;
  }

  /** Adds an attribute; {@code value} is turned into text at once. */
  @CanIgnoreReturnValue
  public Description with(String key, @Nullable Object value) {
    attributes.put(requireNonNull(key, "key"), String.valueOf(value));
    return this;
  }

  /**
   * Says what a leaf waits for, such as {@code "readable socket 3"} or {@code "deadline in 20 ms"}.
   */
  @CanIgnoreReturnValue
  public Description waitsFor(String what) {
    this.waitsFor = requireNonNull(what, "what");
    return this;
  }

  /**
   * Adds a child; null is ignored, so a finished child can be passed as its empty field.
   *
   * @param role what the child is to this future, such as {@code "left"}
   * @param child the child
   */
  @CanIgnoreReturnValue
  public Description child(String role, @Nullable Future<?> child) {
    if (child != null) {
      add(role, child, child::describe);
    }
    return this;
  }

  /**
   * Adds a child that is an iterator; null is ignored.
   *
   * @param role what the child is to this future, such as {@code "upstream"}
   * @param child the child
   */
  @CanIgnoreReturnValue
  public Description stream(String role, @Nullable AsyncIterator<?> child) {
    if (child != null) {
      add(role, child, child::describe);
    }
    return this;
  }

  private void add(String role, Object child, Consumer<Description> describe) {
    Deque<Runnable> pending = this.pending;
    if (pending == null) {
      throw new IllegalStateException("a description can't be changed after describe has returned");
    }
    Description node = new Description(requireNonNull(role, "role"), child, pending);
    children.add(node);
    pending.addLast(() -> node.fill(describe));
  }

  /** The name of the kind of future. */
  public String name() {
    return name;
  }

  /** What this is to its parent; empty at the root. */
  public String role() {
    return role;
  }

  /** What it says of its state, in the order in which it was said. */
  public Map<String, String> attributes() {
    return Collections.unmodifiableMap(attributes);
  }

  /** What it waits for itself, or null if it waits for its children or for nothing. */
  public @Nullable String waitsFor() {
    return waitsFor;
  }

  /** The children, in the order in which they were named. */
  public List<Description> children() {
    return Collections.unmodifiableList(children);
  }

  /** The tree as text, a line for each future, children indented below their parent. */
  @Override
  public String toString() {
    record Line(Description node, int depth) {}
    StringBuilder text = new StringBuilder();
    Deque<Line> lines = new ArrayDeque<>();
    lines.push(new Line(this, 0));
    while (!lines.isEmpty()) {
      Line line = lines.pop();
      Description node = line.node();
      if (text.length() > 0) {
        text.append('\n');
      }
      text.append("  ".repeat(Math.min(line.depth(), 40)));
      if (!node.role.isEmpty()) {
        text.append(node.role).append(": ");
      }
      text.append(node.name);
      if (!node.attributes.isEmpty()) {
        text.append(' ').append(node.attributes);
      }
      if (node.waitsFor != null) {
        text.append(" waits for ").append(node.waitsFor);
      }
      for (int i = node.children.size() - 1; i >= 0; i--) {
        lines.push(new Line(node.children.get(i), line.depth() + 1));
      }
    }
    return text.toString();
  }

  private static String nameOf(Class<?> type) {
    String name = type.isHidden() || type.isSynthetic() ? "lambda" : type.getSimpleName();
    return name.isEmpty() ? type.getName() : name;
  }
}
