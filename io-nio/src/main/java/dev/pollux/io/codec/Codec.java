package dev.pollux.io.codec;

/**
 * A decoder and an encoder in one: a kind of frame that is read and written.
 *
 * <p>One that remembers something of what it reads belongs to one connection.
 *
 * @param <T> the type of the frames that are read
 * @param <U> the type of the frames that are written
 * @threading the two sides may be used by two tasks at once
 */
public interface Codec<T, U> extends Decoder<T>, Encoder<U> {}
