package dev.pollux.io.process;

/**
 * How a child is started, apart from what is in the JDK's own {@link ProcessBuilder}.
 *
 * @param stdin what it reads
 * @param stdout what it writes to
 * @param stderr what it writes its errors to
 * @param mergeErrors whether it writes them to {@code stdout} instead
 * @param killOnClose whether it ends when it is closed
 */
record ChildSetup(
    ChildStream stdin,
    ChildStream stdout,
    ChildStream stderr,
    boolean mergeErrors,
    boolean killOnClose) {}
