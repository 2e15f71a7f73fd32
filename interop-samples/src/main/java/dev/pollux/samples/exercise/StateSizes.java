package dev.pollux.samples.exercise;

import dev.pollux.samples.exercise.Computations.Computation;
import dev.pollux.samples.terminal.Terminal;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.FieldLayout;

/** Measures the five computations, in a virtual machine that was started for it. */
final class StateSizes {

  private static final String LAYOUT = "  %3s %4s  %-14s %s";
  private static final String SIZES = "%6s %7s | %7s %8s %6s | %7s %8s %6s";

  private StateSizes() {}

  /** Prints the sizes; the exit code is 0 if all is as it should be. */
  public static void main(String[] args) throws Exception {
    Narration out = new Narration(new Terminal(System.out, System.err, false));
    tell(out);
    System.exit(out.isGood() ? 0 : 1);
  }

  private static void tell(Narration out) throws Exception {
    out.row("Java", Runtime.version());
    for (Computation computation : Computations.ALL) {
      layOut(out, computation);
    }
    out.say(
        "Beside the object itself, what is kept while it is suspended: the most at any of its awaits,"
            + " with what it awaits then, as bytes, as objects, and as references from the first to the"
            + " farthest.");
    out.line("               | by hand                 | as a chain of operators");
    out.line(
        SIZES.formatted(
            "awaits", "object", "bytes", "objects", "depth", "bytes", "objects", "depth"));
    List<Long> sizes = new ArrayList<>();
    boolean areLean = true;
    for (Computation computation : Computations.ALL) {
      long size = ClassLayout.parseClass(computation.type()).instanceSize();
      Retained byHand = most(computation, true);
      Retained asChain = most(computation, false);
      out.line(
          SIZES.formatted(
              computation.awaits(),
              size,
              byHand.bytes(),
              byHand.objects(),
              byHand.depth(),
              asChain.bytes(),
              asChain.objects(),
              asChain.depth()));
      sizes.add(size);
      areLean &= byHand.bytes() <= asChain.bytes();
    }
    out.say(
        "It is not the awaits that make an object large, but the variables that must outlive one: the"
            + " loop of four awaits is smaller than the three awaits in a row. What is awaited is an"
            + " object of its own, behind a reference, where a language with values would put it"
            + " inside; so an await within an await is a step deeper, and not a larger object.");
    out.check("four awaits smaller than three", sizes.get(3) < sizes.get(2));
    out.check("four awaits as large as two", sizes.get(3).equals(sizes.get(1)));
    out.check("no chain smaller than its twin", areLean);
  }

  /** Prints the fields as they lie in memory. */
  private static void layOut(Narration out, Computation computation) throws Exception {
    ClassLayout layout = ClassLayout.parseClass(computation.type());
    out.say(computation.type().getSimpleName() + ":  " + computation.source());
    out.line(LAYOUT.formatted("at", "size", "field", "what it is for"));
    out.line(
        LAYOUT.formatted(
            0,
            layout.headerSize(),
            "(header)",
            "the class, and the bits for locks and collectors"));
    long end = layout.headerSize();
    for (FieldLayout field : layout.fields()) {
      out.line(
          LAYOUT.formatted(
              field.offset(),
              field.size(),
              simpleName(field.typeClass()) + " " + field.name(),
              purpose(computation.type(), field.name())));
      end = Math.max(end, field.offset() + field.size());
    }
    if (layout.instanceSize() > end) {
      out.line(LAYOUT.formatted(end, layout.instanceSize() - end, "(padding)", "up to the next 8"));
    }
  }

  private static String simpleName(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static String purpose(Class<?> type, String name) throws NoSuchFieldException {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        @Nullable Purpose purpose = field.getAnnotation(Purpose.class);
        if (field.getName().equals(name) && purpose != null) {
          return purpose.value();
        }
      }
    }
    throw new NoSuchFieldException(name + ", with a purpose");
  }

  private static Retained most(Computation computation, boolean byHand) throws Exception {
    Optional<Retained> most = Optional.empty();
    for (int polls = 1; polls <= computation.awaits(); polls++) {
      Retained now = Retained.after(polls, byHand ? computation.byHand() : computation.asChain());
      if (most.isEmpty() || now.bytes() > most.get().bytes()) {
        most = Optional.of(now);
      }
    }
    return most.orElseThrow();
  }
}
