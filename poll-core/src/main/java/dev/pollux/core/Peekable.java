package dev.pollux.core;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * An iterator whose next element can be looked at before it is taken. Made by {@link
 * AsyncIterator#peekable()}.
 *
 * <pre>{@code
 * Peekable<Token> tokens = source.peekable();
 * Future<Optional<Token>> sign = tokens.nextIf(Token::isSign);
 * }</pre>
 *
 * <p>Holds at most one element, which was looked at and not taken. What was looked at is still the
 * iterator's: it is {@linkplain Discard discarded} if the iterator is cancelled, so it must not be
 * kept.
 *
 * <p>Source: {@code Peekable} of Rust's futures library.
 *
 * @param <T> the type of the elements
 * @cancellation cancels the upstream, and discards the element held
 * @threading owned by one task, as every iterator is
 */
public sealed interface Peekable<T> extends AsyncIterator<T> permits PeekableIterator {

  /**
   * Answers the next element and leaves it here, the end, or {@code Pending} after the waker was
   * stored. The end is answered as often as it is asked for; {@link #pollNext} answers it once
   * more.
   *
   * @param cx the waker to store, the budget, and the services; valid during this call only
   * @throws PollAfterEndException if the iterator is over
   * @throws Exception the failure of the stream, with which it is over
   */
  Next<T> pollPeek(Context cx) throws Exception;

  /**
   * The next element, which is left here, or nothing at the end. The future <em>borrows</em> this
   * iterator, as {@link #next()} does.
   *
   * @return a future of the next element
   * @cancellation nothing is lost, and this iterator is not cancelled
   */
  Future<Optional<T>> peek();

  /**
   * The next element if {@code predicate} holds for it; nothing if not, and then it is left here,
   * and nothing at the end. The future <em>borrows</em> this iterator, as {@link #next()} does.
   *
   * <p>What the predicate throws is the failure of the future alone: the element is left here, and
   * the iterator can be read on.
   *
   * @param predicate says whether to take the element
   * @return a future of the element taken
   * @cancellation nothing is lost, and this iterator is not cancelled
   */
  Future<Optional<T>> nextIf(Predicate<? super T> predicate);
}
