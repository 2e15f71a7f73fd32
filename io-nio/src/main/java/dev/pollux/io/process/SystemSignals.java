package dev.pollux.io.process;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The signals of the system, by {@code sun.misc.Signal} if the machine has it: it is in a module of
 * its own, {@code jdk.unsupported}, which need not be there. Where it is not, or where the machine
 * has been told to leave signals alone ({@code -Xrs}), a shutdown hook stands in for those signals
 * that end a machine.
 *
 * @threading any thread
 */
final class SystemSignals implements SignalSource {

  /** To these the machine itself answers with its end. */
  private static final Set<String> ENDING = Set.of("INT", "TERM", "HUP");

  /** Null if the machine has no such classes. */
  private final @Nullable Machine machine;

  private SystemSignals(@Nullable Machine machine) {
    this.machine = machine;
  }

  /** Those of this machine. */
  static SystemSignals find() {
    try {
      return new SystemSignals(new Machine());
    } catch (ReflectiveOperationException absent) {
      return new SystemSignals(null);
    }
  }

  @Override
  public void check(String name) {
    if (machine != null && !ENDING.contains(name)) {
      machine.signal(name);
    }
  }

  @Override
  public Installed install(String name, Arrivals arrivals) {
    if (machine != null) {
      try {
        return machine.install(name, arrivals);
      } catch (IllegalArgumentException taken) {
        // By the machine, by -Xrs, or there is none on this system.
      }
    }
    if (ENDING.contains(name)) {
      return ShutdownHook.install(arrivals);
    }
    throw new UnsupportedOperationException(
        machine == null
            ? "signal " + name + " needs the module jdk.unsupported"
            : "signal " + name + " is used by the virtual machine or by the system");
  }

  @Override
  public void raise(String name) {
    if (machine != null) {
      machine.raise(name);
    }
  }

  /** What stands in for a signal that can't be heard. */
  private static final class ShutdownHook implements Installed {

    private final Thread hook;

    private ShutdownHook(Arrivals arrivals) {
      this.hook = new Thread(arrivals::machineEnds, "pollux-signals");
    }

    static ShutdownHook install(Arrivals arrivals) {
      ShutdownHook installed = new ShutdownHook(arrivals);
      try {
        Runtime.getRuntime().addShutdownHook(installed.hook);
      } catch (IllegalStateException late) {
        throw new MachineEndsException(late);
      }
      return installed;
    }

    @Override
    public void restore() {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException runs) {
        // Then it finds nobody.
      }
    }
  }

  /**
   * {@code sun.misc.Signal}, without a word of it in the code: the compiler would complain of a use
   * that can't be helped, and the module would need another that may be missing.
   */
  private static final class Machine {

    private final Class<?> handlerType;
    private final Constructor<?> signal;
    private final Method handle;
    private final Method raise;

    Machine() throws ReflectiveOperationException {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      this.handlerType = Class.forName("sun.misc.SignalHandler");
      this.signal = signalType.getConstructor(String.class);
      this.handle = signalType.getMethod("handle", signalType, handlerType);
      this.raise = signalType.getMethod("raise", signalType);
    }

    @CanIgnoreReturnValue
    Object signal(String name) {
      try {
        return signal.newInstance(name);
      } catch (InvocationTargetException failure) {
        throw unchecked(failure);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("sun.misc.Signal can't be used", impossible);
      }
    }

    Installed install(String name, Arrivals arrivals) {
      Object handled = signal(name);
      Object ours = handler(name, arrivals);
      Object before = handle(handled, ours);
      return () -> {
        Object displaced = handle(handled, before);
        if (displaced != ours) { // somebody has come after us, and is to stay
          handle(handled, displaced);
        }
      };
    }

    private Object handler(String name, Arrivals arrivals) {
      return Proxy.newProxyInstance(
          SystemSignals.class.getClassLoader(),
          new Class<?>[] {handlerType},
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  arrivals.came();
                  yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of " + name;
              });
    }

    @CanIgnoreReturnValue
    private Object handle(Object handled, Object handler) {
      return call(handle, handled, handler);
    }

    void raise(String name) {
      call(raise, signal(name));
    }

    @CanIgnoreReturnValue
    private static Object call(Method method, Object... arguments) {
      try {
        return method.invoke(null, arguments);
      } catch (InvocationTargetException failure) {
        throw unchecked(failure);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("sun.misc.Signal can't be used", impossible);
      }
    }

    /** What the JDK has thrown, which it does for a signal that it does not know or keeps. */
    private static RuntimeException unchecked(InvocationTargetException failure) {
      Throwable cause = failure.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException refused
          ? refused
          : new IllegalStateException("sun.misc.Signal can't be used", cause);
    }
  }
}
