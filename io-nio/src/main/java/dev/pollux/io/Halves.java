package dev.pollux.io;

/**
 * The two directions of a connection, for two tasks to own: see {@link AsyncByteStream#split}.
 *
 * @param reader the direction that is read
 * @param writer the direction that is written
 */
public record Halves(AsyncRead reader, AsyncWrite writer) {}
