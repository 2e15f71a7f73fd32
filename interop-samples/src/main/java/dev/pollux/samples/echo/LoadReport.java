package dev.pollux.samples.echo;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a load.
 *
 * @param connections how many were wanted
 * @param connected how many were there when the measurement began
 * @param sizeBytes of a request
 * @param seconds how long was measured
 * @param requests answered within that time
 * @param requestsPerSecond of these
 * @param p50Micros latency that half of them do not exceed
 * @param p99Micros latency that 99 of 100 do not exceed
 * @param maxMicros the greatest latency
 * @param errors how many connections failed, and of what
 * @param serverRssBytes the memory of the server with idle connections; null if it is not known
 * @param serverBytesPerConnection what a connection has added to it; null if it is not known, or
 *     there are too few connections to tell
 * @param serverCpuMicrosPerRequest null if it is not known
 * @param clientCpuMicrosPerRequest null if there were no requests
 */
record LoadReport(
    int connections,
    int connected,
    int sizeBytes,
    double seconds,
    long requests,
    double requestsPerSecond,
    double p50Micros,
    double p99Micros,
    double maxMicros,
    Map<Trouble, Integer> errors,
    @Nullable Long serverRssBytes,
    @Nullable Long serverBytesPerConnection,
    @Nullable Double serverCpuMicrosPerRequest,
    @Nullable Double clientCpuMicrosPerRequest) {}
