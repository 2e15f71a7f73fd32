/**
 * What runtimes tell Java Flight Recorder. {@code Recordings} knows whether anybody records, and is
 * what to read first; {@code RuntimeEvents} is what a runtime sees of it, and the {@code ...Event}
 * classes are the events. All of them are off unless a recording switches them on:
 *
 * <pre>{@code
 * jcmd <pid> JFR.start +dev.pollux.LongPoll#enabled=true +dev.pollux.TaskEnd#enabled=true
 * }</pre>
 *
 * <p>A JVM without the module {@code jdk.jfr} is one in which nobody ever records: of this package
 * only {@code Recordings} and {@code RuntimeEvents} are loaded before a recording asks for more.
 *
 * <p>Threading: events are made and committed on the thread where the thing happens; the look at
 * what is recorded is taken under one lock.
 */
@CheckReturnValue
@NullMarked
package dev.pollux.executor.events;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
