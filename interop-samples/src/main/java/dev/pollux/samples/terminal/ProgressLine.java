package dev.pollux.samples.terminal;

import java.util.function.Supplier;

/** A line on a terminal that is written over again and again; nothing where nobody looks. */
public final class ProgressLine {

  private static final long INTERVAL_NANOS = 100_000_000;

  private final Terminal terminal;
  private long shownNanos;
  private int shownLength;

  /** Makes a line that shows nothing yet. */
  public ProgressLine(Terminal terminal) {
    this.terminal = terminal;
    this.shownNanos = System.nanoTime();
  }

  /** Shows the text, unless another was shown a moment ago. */
  public void show(Supplier<String> text) {
    if (!terminal.isInteractive()) {
      return;
    }
    long now = System.nanoTime();
    if (now - shownNanos >= INTERVAL_NANOS) {
      shownNanos = now;
      write(text.get());
    }
  }

  /** Shows the text whatever was shown before: for what changes seldom. */
  public void showNow(String text) {
    if (terminal.isInteractive()) {
      shownNanos = System.nanoTime();
      write(text);
    }
  }

  /** Leaves an empty line for what is printed next. */
  public void clear() {
    if (shownLength > 0) {
      terminal.err().print("\r" + " ".repeat(shownLength) + "\r");
      terminal.err().flush();
      shownLength = 0;
    }
  }

  /** Blanks cover what was there, which a terminal without control sequences understands too. */
  private void write(String text) {
    terminal.err().print("\r" + text + " ".repeat(Math.max(0, shownLength - text.length())));
    terminal.err().flush();
    shownLength = text.length();
  }
}
