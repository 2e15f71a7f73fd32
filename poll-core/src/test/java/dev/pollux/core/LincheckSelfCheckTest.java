package dev.pollux.core;

import static java.lang.invoke.MethodHandles.lookup;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.Keep;
import java.lang.invoke.ConstantBootstraps;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lincheck must report what is known to be racy, on every JDK that it runs on: a tool that passes
 * everything would make each of the Lincheck tests worthless.
 */
final class LincheckSelfCheckTest {
  @ParameterizedTest
  @ValueSource(classes = {RacyField.class, RacyVarHandle.class, RacyAtomic.class})
  void raceIsReported(Class<?> racy) {
    assertThatThrownBy(() -> options().check(racy)).isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void atomicCounterPasses() {
    assertThatCode(() -> options().check(Sound.class)).doesNotThrowAnyException();
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions().iterations(5).invocationsPerIteration(500);
  }

  /** A read and a write apart, in a plain field. */
  public static final class RacyField {
    private int value;

    @Operation
    public int increment() {
      return ++value;
    }
  }

  /** The same through a VarHandle. */
  public static final class RacyVarHandle {
    private static final VarHandle VALUE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "value", VarHandle.class, RacyVarHandle.class, int.class);

    @Keep private volatile int value;

    @Operation
    public int increment() {
      int next = (int) VALUE.getVolatile(this) + 1;
      VALUE.setVolatile(this, next);
      return next;
    }
  }

  /** The same through a class of the JDK. */
  public static final class RacyAtomic {
    private final AtomicInteger value = new AtomicInteger();

    @Operation
    public int increment() {
      int next = value.get() + 1;
      value.set(next);
      return next;
    }
  }

  /** One atomic step. */
  public static final class Sound {
    private static final VarHandle VALUE =
        ConstantBootstraps.fieldVarHandle(
            lookup(), "value", VarHandle.class, Sound.class, int.class);

    @Keep private volatile int value;

    @Operation
    public int increment() {
      return (int) VALUE.getAndAdd(this, 1);
    }
  }
}
