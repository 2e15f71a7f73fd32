package dev.pollux.spi;

/**
 * A future whose failure has an owner besides the handle of its task: a scope that ends with the
 * first failure of its children, say.
 *
 * <p>A runtime asks the future that it was given to spawn, when that has thrown. The task fails as
 * any other, and a join of it throws as ever; but if nobody joins it, the runtime does not report
 * the failure, for the owner will. What the virtual machine throws ({@link VirtualMachineError}) is
 * reported all the same. A spawner that knows nothing of this reports a failure twice, and loses
 * none.
 *
 * @threading asked by the thread that polled the future
 */
public interface FailureOwned {

  /** Whether what the last poll threw is answered for. */
  boolean isFailureOwned();
}
