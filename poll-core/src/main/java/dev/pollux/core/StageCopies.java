package dev.pollux.core;

import static java.lang.invoke.MethodType.methodType;

import dev.pollux.operator.Raise;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gives every function that is used often a copy of the class of its operator.
 *
 * <p>The virtual machine keeps one profile per method: which functions {@code map} has called, and
 * which sinks came after it, in all pipelines of the process together. With three of them the calls
 * are no longer inlined, and an element costs several times as much. A copy of the class has a
 * profile of its own, so that a pipeline is compiled into one loop however many others there are.
 *
 * <p>A copy is made by the time a function has been in {@link #OFTEN} pipelines; it lives as long
 * as the class of the function, is a hidden class (its frames are not in stack traces), and does
 * exactly what the original does. Where hidden classes cannot be made, the original does all.
 *
 * @threading any thread
 */
final class StageCopies {

  /** How many pipelines a function is in before it has a copy: one that is used once needs none. */
  static final int OFTEN = 32;

  /** A copy takes some kilobytes, and compiled code: there is an end to it. */
  static final int MOST = 1_000;

  /** Where frames are worth more than speed. */
  private static final boolean DEBUG = Boolean.getBoolean("pollux.debug");

  private static final Lookup LOOKUP = MethodHandles.lookup();

  static final StageCopies MAP = new StageCopies(MapIterator.class, Function.class);
  static final StageCopies FILTER = new StageCopies(FilterIterator.class, Predicate.class);
  static final StageCopies FOR_EACH = new StageCopies(ForEachFuture.class, Consumer.class);

  /** What is known about a function. */
  private static final class Use {

    /** Racy on purpose: a copy may be made a little later, or twice. */
    private int pipelines;

    private volatile @Nullable MethodHandle constructor;
  }

  private final ClassValue<Use> uses =
      new ClassValue<>() {
        @Override
        protected Use computeValue(Class<?> function) {
          return new Use();
        }
      };

  private final Class<?> original;
  private final Class<?> functionType;
  private final AtomicInteger made = new AtomicInteger();
  private volatile byte @Nullable [] bytes;
  private volatile boolean unable;

  /**
   * Makes one for an operator with a constructor of an {@code AsyncIterator} and a {@code
   * functionType}.
   */
  StageCopies(Class<?> original, Class<?> functionType) {
    this.original = original;
    this.functionType = functionType;
  }

  /**
   * The operator over {@code upstream} by the copy of {@code function}'s class.
   *
   * @return null if there is none: the caller uses the original
   */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the original's, which it is
  <S> @Nullable S make(AsyncIterator<?> upstream, Object function) {
    Use use = uses.get(function.getClass());
    MethodHandle constructor = use.constructor;
    if (constructor == null) {
      if (++use.pipelines < OFTEN || unable || (constructor = copy()) == null) {
        return null;
      }
      use.constructor = constructor;
    }
    try {
      return (S) (Object) constructor.invokeExact(upstream, function);
    } catch (Throwable failure) {
      throw Raise.unchecked(failure);
    }
  }

  private @Nullable MethodHandle copy() {
    if (made.get() >= MOST || DEBUG) {
      return null;
    }
    try {
      Class<?> copy = LOOKUP.defineHiddenClass(bytes(), false).lookupClass();
      made.incrementAndGet();
      return LOOKUP
          .findConstructor(copy, methodType(void.class, AsyncIterator.class, functionType))
          .asType(methodType(Object.class, AsyncIterator.class, Object.class));
    } catch (IOException | ReflectiveOperationException | LinkageError | RuntimeException none) {
      unable = true; // an ahead-of-time compiled program, say
      return null;
    }
  }

  private byte[] bytes() throws IOException {
    byte[] known = bytes;
    if (known != null) {
      return known;
    }
    try (InputStream in = original.getResourceAsStream(original.getSimpleName() + ".class")) {
      if (in == null) {
        throw new IOException("the class file of " + original + " can't be read");
      }
      byte[] read = in.readAllBytes();
      bytes = read;
      return read;
    }
  }

  /** How many copies were made. */
  int made() {
    return made.get();
  }
}
