package dev.pollux.samples.bench.peer;

import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.SuspendLambda;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Deferred;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;
import org.jspecify.annotations.Nullable;

/**
 * What Kotlin's compiler makes of a suspending lambda, by hand: a state machine that is its own
 * continuation. The lambda itself is the instance without a completion; each start makes another.
 *
 * @param <T> what it returns
 */
@SuppressWarnings("serial") // never serialized
abstract class Coroutine<T> extends SuspendLambda
    implements Function2<CoroutineScope, Continuation<? super T>, Object> {

  /** What a suspending function returns if it goes on later. */
  static final Object SUSPENDED = IntrinsicsKt.getCOROUTINE_SUSPENDED();

  /** Makes the lambda, or a started one. */
  Coroutine(@Nullable Continuation<Object> completion) {
    super(2, completion);
  }

  /** Makes one that is about to run. */
  abstract Coroutine<T> started(CoroutineScope scope, Continuation<Object> completion);

  /**
   * Runs to the next suspension, or to the end.
   *
   * @param value what the function returned that it was suspended in
   * @return {@link #SUSPENDED}, or the output
   */
  abstract Object step(Object value);

  @Override
  @SuppressWarnings("unchecked") // as the compiler does
  public final Continuation<Unit> create(Object scope, Continuation<?> completion) {
    Continuation<?> started = started((CoroutineScope) scope, (Continuation<Object>) completion);
    return (Continuation<Unit>) started;
  }

  @Override
  @SuppressWarnings("unchecked") // as the compiler does
  public final Object invoke(CoroutineScope scope, Continuation<? super T> completion) {
    return started(scope, (Continuation<Object>) completion).step(Unit.INSTANCE);
  }

  /** Is called when the function that it was suspended in fails, of which it fails too. */
  void failed() {}

  @Override
  protected final Object invokeSuspend(Object result) {
    try {
      ResultKt.throwOnFailure(result);
    } catch (Throwable failure) {
      failed();
      throw failure;
    }
    return step(result);
  }

  /** {@code GlobalScope.launch { ... }}. */
  static Job launch(Coroutine<Unit> body) {
    return launch(body, CoroutineStart.DEFAULT);
  }

  static Job launch(Coroutine<Unit> body, CoroutineStart start) {
    return BuildersKt.launch(GlobalScope.INSTANCE, EmptyCoroutineContext.INSTANCE, start, body);
  }

  /** {@code scope.async { ... }}. */
  static <T> Deferred<T> async(CoroutineScope scope, Coroutine<T> body) {
    return BuildersKt.async(scope, EmptyCoroutineContext.INSTANCE, CoroutineStart.DEFAULT, body);
  }

  /** {@code runBlocking(Dispatchers.Default) { ... }}. */
  static <T> T runOnDefault(Coroutine<T> body) throws InterruptedException {
    return BuildersKt.runBlocking(Dispatchers.getDefault(), body);
  }
}
