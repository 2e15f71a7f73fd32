package dev.pollux.testing;

import static java.util.Objects.requireNonNull;

/**
 * The check of one law on one subject, to be run as a test of its own.
 *
 * <pre>{@code
 * DynamicTest.dynamicTest(check.name(), check::run);
 * }</pre>
 *
 * @threading confined to one thread; each check makes subjects of its own
 */
public final class LawCheck {

  private final String subject;
  private final Law law;
  private final Runnable body;

  LawCheck(String subject, Law law, Runnable body) {
    this.subject = requireNonNull(subject, "subject");
    this.law = requireNonNull(law, "law");
    this.body = requireNonNull(body, "body");
  }

  /** The law that is checked. */
  public Law law() {
    return law;
  }

  /** A name for reports: {@code join cancels its children, newest first}. */
  public String name() {
    return subject + " " + law.sentence();
  }

  /**
   * Runs the check, on as many fresh subjects as it needs.
   *
   * @throws AssertionError if the subject breaks the law; the message names subject and law, and
   *     says how it was polled
   */
  public void run() {
    try {
      body.run();
    } catch (AssertionError breach) {
      throw new AssertionError(law + ": " + name() + ": no. " + breach.getMessage(), breach);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
